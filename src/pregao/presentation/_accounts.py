"""Simulated accounts, one table for each market, beside buying and holding and cash."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pregao.presentation._quantities import Day, Money, Number, Percent, Quantity, t
from pregao.presentation._tables import Cell, Field, Table, field_of, table_of
from pregao.presentation._texts_trading import TEXTS_TRADING
from pregao.values import Text

if TYPE_CHECKING:
    from pregao.decisions.trading import AccountResults, TradingSummary
    from pregao.evaluation import Account, Report
    from pregao.inference import DeflatedSharpe

MOST_SYMBOLS = 8
_PAYOUTS: tuple[Literal["jcp", "dividend"], ...] = ("jcp", "dividend")


@dataclass(frozen=True)
class AccountLine:
    """One account: that of a forecaster, or of a passive strategy."""

    name: Quantity
    is_subject: bool
    results: "AccountResults"
    sharpe: "DeflatedSharpe | None"
    """None for a passive strategy."""


@dataclass(frozen=True)
class MarketAccounts:
    """The accounts of one market, the candidate's first."""

    summary: "TradingSummary"
    lines: tuple[AccountLine, ...]

    @property
    def is_idle(self) -> bool:
        """Whether the candidate never traded."""
        return self.lines[0].results.num_trades == 0

    @property
    def note(self) -> Text | None:
        """What is left out of the account: the tax withheld from payouts, at its last session."""
        rules, last = self.summary.market, self.summary.last
        jcp, dividend = (rules.withholding(each, last) for each in _PAYOUTS)
        if jcp is None:
            return None
        facts: dict[str, Quantity] = {"day": Day(last), "jcp": Percent(jcp.rate)}
        if dividend is None:
            return t("withheld", TEXTS_TRADING, **facts)
        return t(
            "withheld_with_dividends",
            TEXTS_TRADING,
            **facts,
            dividend=Percent(dividend.rate, 0),
            free=Money(dividend.free_amount, self.summary.currency),
        )

    @property
    def table(self) -> Table:
        """Returns before and after costs, and what was risked for them."""
        fields: list[Field[AccountLine]] = [
            field_of("name", t("name"), lambda line: line.name, kind="text"),
            _returns("before_costs", t("before_costs", TEXTS_TRADING)),
            _returns("after_costs", t("after_costs", TEXTS_TRADING)),
        ]
        if any(line.results.after_tax is not None for line in self.lines):
            fields.append(_returns("after_tax", t("taxed", TEXTS_TRADING)))
        return table_of(
            self.lines,
            [*fields, *_RISKS],
            emphasis=lambda line: ("subject",) if line.is_subject else ("baseline",),
            caption=_caption(self.summary),
        )


def accounts_of(report: "Report") -> tuple[MarketAccounts, ...]:
    """Return the accounts of each market in which the candidate had one."""
    dossier = report.diagnostics(report.candidate)
    if dossier is None:
        return ()
    return tuple(
        _market(report, number, account) for number, account in enumerate(dossier.accounts)
    )


def _market(report: "Report", number: int, account: "Account") -> MarketAccounts:
    summary = account.trading
    held = AccountLine(t("buy_and_hold", TEXTS_TRADING), False, summary.buy_and_hold, None)
    cash = AccountLine(t("cash", TEXTS_TRADING), False, summary.cash, None)
    return MarketAccounts(summary, (*_strategies(report, number), held, cash))


def _strategies(report: "Report", number: int) -> Iterator[AccountLine]:
    """Return the candidate's account in one market, then the best baseline's."""
    in_order = sorted(report.dossiers, key=lambda each: each.name != report.candidate)
    for dossier in in_order:
        account = dossier.accounts[number]
        is_subject = dossier.name == report.candidate
        yield AccountLine(dossier.name, is_subject, account.trading.strategy, account.sharpe)


def _caption(summary: "TradingSummary") -> Text:
    symbols, rest = summary.symbols[:MOST_SYMBOLS], len(summary.symbols) - MOST_SYMBOLS
    return t(
        "account_caption",
        TEXTS_TRADING,
        symbols=", ".join(symbols) + (f" +{rest}" if rest > 0 else ""),
        capital=Money(summary.capital, summary.currency),
        first=Day(summary.first),
        last=Day(summary.last),
    )


def _returns(name: str, title: Text) -> Field[AccountLine]:
    def total(line: AccountLine) -> Quantity:
        performance = getattr(line.results, name)
        share = None if performance is None else performance.total_return
        return Percent(share, signed=True)

    return field_of(name, title, total)


def _sharpe(line: AccountLine) -> Cell:
    after = line.results.after_costs
    if after.sharpe is None or after.sharpe_error is None:
        return Cell(Number(after.sharpe, 2))
    error = t("plus_minus", TEXTS_TRADING, error=Number(after.sharpe_error, 2))
    return Cell(Number(after.sharpe, 2), marks=(error,))


def _deflated(line: AccountLine) -> Quantity:
    is_known = line.sharpe is not None and line.results.num_trades > 0
    return Percent(line.sharpe.deflated_sharpe if is_known and line.sharpe else None, 0)


_RISKS: tuple[Field[AccountLine], ...] = (
    field_of(
        "volatility",
        t("volatility", TEXTS_TRADING),
        lambda line: Percent(line.results.after_costs.annual_volatility),
    ),
    field_of("sharpe", t("sharpe", TEXTS_TRADING), _sharpe),
    field_of(
        "drawdown",
        t("drawdown_deepest", TEXTS_TRADING),
        lambda line: Percent(line.results.after_costs.max_drawdown),
    ),
    field_of(
        "exposure",
        t("exposure", TEXTS_TRADING),
        lambda line: Percent(line.results.exposure, 0),
    ),
    field_of("trades", t("trades", TEXTS_TRADING), lambda line: Number(line.results.num_trades)),
    field_of("deflated", t("deflated", TEXTS_TRADING), _deflated),
)
