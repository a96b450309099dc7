"""Rows of runs, for tests that need no trained network behind them."""

from sqlalchemy import insert

from pregao.database import Database, runs


def listed(
    database: Database, *names: str, registered: bool = True, symbols: str = '["PETR4"]'
) -> None:
    """Put runs onto the list."""
    with database.writing() as connection:
        connection.execute(
            insert(runs),
            [
                {
                    "id": name,
                    "created_ms": number,
                    "forecaster": "dlinear",
                    "served": None,
                    "symbols": symbols,
                    "horizon": 5,
                    "edge": "none",
                    "summary": "{}",
                    "provenance_digest": "0" * 64,
                    "registered_ms": 1 if registered else None,
                }
                for number, name in enumerate(names)
            ],
        )
