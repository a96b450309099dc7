"""Prices: fetched and checked."""

import typer

from pregao.cli._app import app
from pregao.cli._options import (
    ActionsFile,
    CsvPath,
    Currency,
    End,
    ExchangeCode,
    Json,
    Source,
    Start,
    Symbols,
)
from pregao.cli._session import day_of, print_json, source_if, stated, workbench
from pregao.settings import Settings


@app.command()
def fetch(
    symbols: Symbols,
    source: Source = None,
    path: CsvPath = None,
    actions: ActionsFile = None,
    exchange: ExchangeCode = None,
    currency: Currency = None,
    start: Start = None,
    end: End = None,
    as_json: Json = False,
) -> None:
    """Download daily bars and append them to the store.

    Without --source: the bundled sample where it has the symbol, else live.
    """
    from pregao.terminal import print_fetched
    from pregao.workbench import usual_source

    bench = workbench()
    named = source_if(source, path)
    fetched = [
        bench.fetch(
            symbol,
            source=named or usual_source(symbol),
            path=path,
            actions=actions,
            start=day_of(start),
            end=day_of(end),
        )
        for symbol in stated(symbols, exchange, currency)
    ]
    if as_json:
        print_json([each.summary() for each in fetched])
    else:
        print_fetched(fetched, Settings.read().language)


@app.command()
def check(
    symbols: Symbols,
    source: Source = None,
    path: CsvPath = None,
    actions: ActionsFile = None,
    exchange: ExchangeCode = None,
    currency: Currency = None,
    start: Start = None,
    end: End = None,
    as_json: Json = False,
) -> None:
    """Check a symbol's daily bars; exit code 1 if they are quarantined."""
    from pregao.terminal import print_checked
    from pregao.workbench import usual_source

    bench = workbench()
    named = source_if(source, path)
    checked = [
        bench.check(
            symbol,
            source=named or usual_source(symbol),
            path=path,
            actions=actions,
            start=day_of(start),
            end=day_of(end),
        )
        for symbol in stated(symbols, exchange, currency)
    ]
    if as_json:
        print_json([each.summary() for each in checked])
    else:
        print_checked(checked, Settings.read().language)
    if any(each.quarantine for each in checked):
        raise typer.Exit(1)


@app.command()
def actions(
    symbols: Symbols,
    source: Source = None,
    path: CsvPath = None,
    actions: ActionsFile = None,
    exchange: ExchangeCode = None,
    currency: Currency = None,
    start: Start = None,
    end: End = None,
    as_json: Json = False,
) -> None:
    """List a symbol's dividends, splits and renames: from where, and what is missing."""
    from pregao.terminal import print_corporate_actions
    from pregao.workbench import usual_source

    bench = workbench()
    named = source_if(source, path)
    checked = [
        bench.check(
            symbol,
            source=named or usual_source(symbol),
            path=path,
            actions=actions,
            start=day_of(start),
            end=day_of(end),
        )
        for symbol in stated(symbols, exchange, currency)
    ]
    if as_json:
        print_json([each.actions_summary() for each in checked])
    else:
        print_corporate_actions(checked, Settings.read().language)
