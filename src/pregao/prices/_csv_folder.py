"""Prices out of the user's own files: a folder of TICKER.csv, or one file."""

from datetime import date
from pathlib import Path

from pregao.errors import InputError, UnknownSymbolError
from pregao.instruments import Symbol
from pregao.prices._access import Access
from pregao.prices._csv_file import read_csv
from pregao.prices._provider import Download

_MOST_NAMES = 10


class CsvFolder:
    """Daily bars in CSV files, read strictly: what is not understood is refused, not guessed.

    In a folder a ticker is looked for as ``PETR4.csv`` or ``PETR4.SA.csv`` in any case, then as
    the only file whose name goes on after the ticker with ``.``, ``_`` or ``-``. Names come from
    listing the folder, never from the ticker, so that no ticker reaches another folder.
    """

    name = "csv"

    def __init__(
        self,
        *,
        path: Path | None = None,
        access: Access | None = None,  # noqa: ARG002 - every provider is made alike
    ) -> None:
        if path is None:
            raise InputError("csv needs --path: a folder of TICKER.csv files, or one such file")
        try:
            is_there = path.exists()
        except OSError as error:
            raise InputError(f"{path} cannot be read: {error.strerror}") from error
        if not is_there:
            raise InputError(f"{path} does not exist: give a folder of TICKER.csv files, or a file")
        self.path = path

    def download(
        self, symbol: Symbol, start: date | None = None, end: date | None = None
    ) -> Download:
        """Give the bars of the symbol's file from `start` to `end`.

        Raises
        ------
        UnknownSymbolError
            If no file of the folder has the ticker's name.
        MalformedFileError
            If the file cannot be read as daily bars; it names the line.
        """
        file = _file_of(self.path, symbol) if self.path.is_dir() else self.path
        bars, lines = read_csv(file, symbol)
        return Download(symbol, bars, self.name, str(file), lines).between(start, end)


def _file_of(folder: Path, symbol: Symbol) -> Path:
    try:
        files = sorted(file for file in folder.iterdir() if file.suffix.lower() == ".csv")
    except OSError as error:
        raise InputError(f"the folder {folder} cannot be read: {error.strerror}") from error
    asked = {symbol.ticker, symbol.yahoo}
    exact = [file for file in files if file.stem.upper() in asked]
    found = exact or [file for file in files if _continues(file.stem.upper(), symbol.ticker)]
    if not found:
        looked_for = " or ".join(f"{name}.csv" for name in sorted(asked))
        there = _listed(files) if files else "no CSV file at all"
        raise UnknownSymbolError(
            str(symbol), f"the folder {folder}", f"looked for {looked_for}, found {there}"
        )
    if len(found) > 1:
        raise InputError(
            f"{folder} has several files for {symbol}: {_listed(found)}; give the path of one"
        )
    return found[0]


def _continues(stem: str, ticker: str) -> bool:
    """Whether a file name is the ticker and more, such as ITUB4.SA.fulladj.

    One letter after the separator is a share class, another security: BRK-B is not BRK.
    """
    rest = stem.removeprefix(ticker)
    return rest != stem and len(rest) > 2 and rest[0] in "._-"


def _listed(files: list[Path]) -> str:
    names = ", ".join(file.name for file in files[:_MOST_NAMES])
    more = len(files) - _MOST_NAMES
    return f"{names} and {more} more" if more > 0 else names
