"""One history as a Parquet file: written atomically, checked by digest when read."""

import hashlib
import json
import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pregao.errors import CorruptFileError
from pregao.instruments import EXCHANGES, Symbol
from pregao.prices._history import History, RecordedAction, Snapshot
from pregao.prices._prices import Bars
from pregao.texts import gettext_lazy as _

_FORMAT = "2"
_READABLE = frozenset({"1", _FORMAT})
"""The first format has no actions and no basis."""


def write_history(path: Path, history: History) -> None:
    """Write a history; a crash at any moment leaves the old file or the new one."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {name: pa.array(column) for name, column in history.bars.columns.items()}
    table = pa.table(
        {
            "session": pa.array(history.bars.sessions),
            **columns,
            "revision": pa.array(history.revisions),
        }
    )
    about = _metadata_json(history)
    metadata = {"pregao.about": about, "pregao.digest": _digest(history, about)}
    sink = pa.BufferOutputStream()
    pq.write_table(table.replace_schema_metadata(metadata), sink, compression="zstd")
    _write_atomically(path, sink.getvalue().to_pybytes())


def read_history(path: Path) -> History:
    """Read a history and check its digest.

    Raises
    ------
    CorruptFileError
        If a byte is lost or changed, or the file has another format.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(pa.BufferReader(path.read_bytes()))
        metadata = table.schema.metadata
        about = metadata[b"pregao.about"].decode()
        columns = {name: table[name].to_numpy() for name in table.column_names[1:-1]}
        bars = Bars.from_columns(table["session"].to_numpy(), columns)
        history = _parse_history(about, bars, table["revision"].to_numpy())
        digest = metadata[b"pregao.digest"].decode()
    except FileNotFoundError:
        raise
    except (pa.ArrowException, OSError, ValueError, LookupError, TypeError, MemoryError) as error:
        raise CorruptFileError(
            str(path), _("unreadable: {error}", error=str(error)[:80])
        ) from error
    if digest != _digest(history, about):
        raise CorruptFileError(str(path), _("its content has another digest than what was written"))
    return history


def read_symbol(path: Path) -> Symbol | None:
    """Read the symbol of a history, with its currency, without the bars; None if it is damaged."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        facts = json.loads(pq.read_metadata(path).metadata[b"pregao.about"])
        return _parse_symbol(facts)
    except (pa.ArrowException, OSError, ValueError, LookupError, TypeError):
        return (
            None  # the symbol is listed by the file's name, and reading its bars tells the damage
        )


def _parse_symbol(facts: dict[str, str]) -> Symbol:
    return Symbol(facts["ticker"], EXCHANGES[facts["exchange"]], facts.get("currency", ""))


def _metadata_json(history: History) -> str:
    """Return as JSON what the columns do not hold."""
    actions = [each.model_dump(mode="json", exclude_defaults=True) for each in history.actions]
    return json.dumps(
        {
            "format": _FORMAT,
            "ticker": history.symbol.ticker,
            "exchange": history.symbol.exchange.code,
            **({"currency": stated} if (stated := history.symbol.stated_currency) else {}),
            "provider": history.provider,
            "snapshots": [each.model_dump(mode="json") for each in history.snapshots],
            **({"actions": actions} if actions else {}),
        }
    )


def _parse_history(about: str, bars: Bars, revisions: NDArray[np.int32]) -> History:
    facts = json.loads(about)
    if facts["format"] not in _READABLE:
        raise ValueError(f"format {facts['format']}, and this version reads {_FORMAT}")
    return History(
        _parse_symbol(facts),
        facts["provider"],
        bars,
        revisions,
        tuple(Snapshot.model_validate(each) for each in facts["snapshots"]),
        tuple(RecordedAction.model_validate(each) for each in facts.get("actions", ())),
    )


def _digest(history: History, about: str) -> str:
    content = hashlib.sha256(about.encode())
    content.update(history.bars.sessions.tobytes())
    for name, column in history.bars.columns.items():
        content.update(name.encode() + column.tobytes())
    content.update(history.revisions.astype(np.int32).tobytes())
    return content.hexdigest()


def _write_atomically(path: Path, content: bytes) -> None:
    # One temporary name for all writers: they hold the lock, and overwrite what a killed one left.
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    if os.name == "posix":  # elsewhere a folder cannot be opened, and a rename is durable
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
