"""Prices from the user's own files: a folder of TICKER.csv, or one file."""

from datetime import date
from pathlib import Path

from pregao.errors import InputError, UnknownSymbolError
from pregao.findings import Finding
from pregao.instruments import Symbol
from pregao.prices._access import NetworkAccess
from pregao.prices._actions_file import read_actions
from pregao.prices._cotahist import is_cotahist
from pregao.prices._cotahist_files import read_cotahist_bars
from pregao.prices._csv_file import read_csv
from pregao.prices._csv_identity import column_findings, name_findings
from pregao.prices._ex_dates import FALLS, day_text, likely_ex_dates
from pregao.prices._prices import Bars
from pregao.prices._provider import Download, ProviderEntry
from pregao.texts import LocalText, list_alternatives
from pregao.texts import gettext_lazy as _
from pregao.values import Text, bilingual

_MAX_NAMES = 10
_MAX_DAYS = 5
_ACTIONS = ".actions.csv"


class CsvFolder:
    """Daily bars in CSV files, parsed strictly: what cannot be parsed is refused, not guessed.

    The file of a ticker is ``PETR4.csv`` or ``PETR4.SA.csv`` in any case, else the only file whose
    name continues after the ticker with ``.``, ``_`` or ``-``. A file ``PETR4.actions.csv`` beside
    it, or beside files of B3's COTAHIST, holds its dividends and splits (see `read_actions`). A
    file or a folder of COTAHIST is read too, where no CSV file has the ticker's name. Paths come
    from listing the folder, never from the ticker, so that no ticker leads to another folder.
    """

    name = "csv"

    def __init__(
        self,
        *,
        path: Path | None = None,
        access: NetworkAccess | None = None,  # noqa: ARG002 - all providers are made alike
    ) -> None:
        if path is None:
            raise InputError(_("csv needs --path: a folder of TICKER.csv files, or one such file"))
        try:
            exists = path.exists()
        except OSError as error:
            raise InputError(
                _("{path} cannot be read: {strerror}", path=path, strerror=error.strerror)
            ) from error
        if not exists:
            raise InputError(
                _("{path} does not exist: give a folder of TICKER.csv files, or a file", path=path)
            )
        self.path = path

    def download(
        self, symbol: Symbol, start: date | None = None, end: date | None = None
    ) -> Download:
        """Return the bars of the symbol's file from `start` to `end`.

        Raises
        ------
        UnknownSymbolError
            If no file of the folder has the ticker's name.
        MalformedFileError
            If the file cannot be parsed as daily bars, with the line.
        """
        files = _find_files(self.path, symbol) if self.path.is_dir() else [self.path]
        if official := [each for each in files if is_cotahist(each)]:
            download = read_cotahist_bars(official, symbol, self.name)
            beside = official[0].with_name(symbol.ticker + _ACTIONS)
            return _with_actions(download, beside).between(start, end)
        [file] = files
        parsed = read_csv(file, symbol)
        findings = (*name_findings(file, symbol), *column_findings(parsed.named, symbol))
        if "adj_close" not in parsed.columns:
            findings += unadjusted_findings(symbol, parsed.bars)
        download = Download(
            symbol,
            parsed.bars,
            self.name,
            str(file),
            parsed.lines,
            findings=findings,
            actions=parsed.actions,
        )
        beside = file.with_name(file.stem + _ACTIONS)
        return _with_actions(download, beside).between(start, end)


def _with_actions(download: Download, file: Path) -> Download:
    """Return a download with the actions of a file, if there is one."""
    if not file.exists():
        return download
    return download.with_actions(read_actions(file, download.symbol))


def unadjusted_findings(symbol: Symbol, bars: Bars) -> tuple[Finding, ...]:
    """Report a file without adjusted closes, of an instrument that may pay dividends.

    It costs what its dividends are: overnight falls on likely ex-dates are named.
    """
    if symbol.kind not in {"share", "unit_or_fund", "unit", "etf", "fii", "bdr"}:
        return ()
    seen = bilingual("no column of adjusted closes: a dividend of 5 % is a return of -5 %")
    days = likely_ex_dates(bars)
    if len(days):
        shown = [day_text(each) for each in days[-_MAX_DAYS:]]
        seen = bilingual(
            "{seen}; {falls} look like ex-dates, the last on {days}",
            seen=seen,
            falls=Text.counted(len(days), *FALLS),
            days=Text.joined(shown, en=", ", pt_br=", "),
        )
    return (Finding.from_code("PRC026", seen, symbol=str(symbol)),)


def _find_files(folder: Path, symbol: Symbol) -> list[Path]:
    """Return the CSV file of a symbol, or B3's own files where there is none."""
    try:
        files = sorted(folder.iterdir())
    except OSError as error:
        raise InputError(
            _(
                "the folder {folder} cannot be read: {strerror}",
                folder=folder,
                strerror=error.strerror,
            )
        ) from error
    tables = [
        file for file in files if file.suffix.lower() == ".csv" and not file.name.endswith(_ACTIONS)
    ]
    stems = {symbol.ticker, symbol.yahoo}
    exact = [file for file in tables if file.stem.upper() in stems]
    found = exact or [file for file in tables if _extends(file.stem.upper(), symbol.ticker)]
    if not found:
        if official := [file for file in files if _is_official(file)]:
            return official
        looked_for = list_alternatives([f"{name}.csv" for name in sorted(stems)])
        there = _list_names(tables) if tables else _("no CSV file at all")
        raise UnknownSymbolError(
            str(symbol),
            f"the folder {folder}",
            _("looked for {looked_for}, found {there}", looked_for=looked_for, there=there),
        )
    if len(found) > 1:
        raise InputError(
            _(
                "{folder} has several files for {symbol}: {list_names}; give the path of one",
                folder=folder,
                symbol=symbol,
                list_names=_list_names(found),
            )
        )
    return found


def _is_official(file: Path) -> bool:
    return file.suffix.lower() in {".txt", ".zip"} and is_cotahist(file)


def _extends(stem: str, ticker: str) -> bool:
    """Return whether a file name is the ticker and more, such as ITUB4.SA.fulladj.

    One letter after the separator is a share class, which is another security: BRK-B is not BRK.
    """
    rest = stem.removeprefix(ticker)
    return rest != stem and len(rest) > 2 and rest[0] in "._-"


def _list_names(files: list[Path]) -> LocalText:
    names = ", ".join(file.name for file in files[:_MAX_NAMES])
    more = len(files) - _MAX_NAMES
    return _("{names} and {more} more", names=names, more=more) if more > 0 else names


CSV = ProviderEntry(name=CsvFolder.name, factory=CsvFolder)
