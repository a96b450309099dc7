"""Rows of runs, for tests that need no trained network behind them."""

import json
from collections.abc import Sequence

from sqlalchemy import insert

from pregao.database import Database, runs
from pregao.registry import RunSummary, datetime_from_ms


def listed(
    database: Database, *names: str, registered: bool = True, symbols: Sequence[str] = ("PETR4",)
) -> None:
    """Put runs onto the list, the first one as the oldest."""
    with database.write_transaction() as connection:
        connection.execute(
            insert(runs), [_row(*each, symbols, registered) for each in enumerate(names)]
        )


def _row(number: int, name: str, symbols: Sequence[str], registered: bool) -> dict[str, object]:
    summary = RunSummary(
        id=name,
        created=datetime_from_ms(number),
        symbols=tuple(symbols),
        horizon=5,
        forecaster="dlinear",
        served=None,
        edge="none",
        crps=0.01,
        crps_skill_to_random_walk=0.1,
        crps_skill_to_best_baseline=-0.1,
        best_baseline="har",
        mase=1.0,
        coverage_90=0.9,
        is_registered=False,
    )
    return {
        "id": name,
        "created_ms": number,
        "forecaster": summary.forecaster,
        "served": summary.served,
        "symbols": json.dumps(symbols),
        "horizon": summary.horizon,
        "edge": summary.edge,
        "summary": summary.model_dump_json(),
        "provenance_digest": "0" * 64,
        "registered_ms": 1 if registered else None,
    }
