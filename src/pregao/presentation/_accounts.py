"""What forecasters would have earned, one table a market, beside buying and holding and cash."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pregao.decisions.trading import Results, TradingSummary
    from pregao.evaluation import Account, Report
    from pregao.inference import DeflatedSharpe


@dataclass(frozen=True)
class AccountLine:
    """One account: a forecaster's, or one that needs none."""

    name: str
    """A forecaster, or a key of the texts where there is none."""
    is_passive: bool
    """Buying and holding, and cash."""
    is_subject: bool
    results: "Results"
    sharpe: "DeflatedSharpe | None"
    """None where nobody chose."""


@dataclass(frozen=True)
class Market:
    """The accounts of one market, the candidate's first."""

    summary: "TradingSummary"
    lines: tuple[AccountLine, ...]

    @property
    def is_idle(self) -> bool:
        """Whether the candidate never traded."""
        return self.lines[0].results.num_trades == 0

    @property
    def has_tax(self) -> bool:
        """Whether tax was asked for."""
        return any(each.results.after_tax is not None for each in self.lines)


def markets_of(report: "Report") -> tuple[Market, ...]:
    """Give a table for each market in which the candidate had an account."""
    dossier = report.dossier(report.candidate)
    if dossier is None:
        return ()
    return tuple(
        _market(report, number, account) for number, account in enumerate(dossier.accounts)
    )


def _market(report: "Report", number: int, account: "Account") -> Market:
    summary = account.trading
    passive = (("buy_and_hold", summary.buy_and_hold), ("cash", summary.cash))
    return Market(
        summary,
        (
            *_strategies(report, number),
            *(AccountLine(name, True, False, results, None) for name, results in passive),
        ),
    )


def _strategies(report: "Report", number: int) -> Iterator[AccountLine]:
    """Give the candidate's account in one market, then the best baseline's."""
    in_order = sorted(report.dossiers, key=lambda each: each.name != report.candidate)
    for dossier in in_order:
        account = dossier.accounts[number]
        yield AccountLine(
            dossier.name,
            False,
            dossier.name == report.candidate,
            account.trading.strategy,
            account.sharpe,
        )
