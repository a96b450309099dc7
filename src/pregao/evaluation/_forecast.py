"""A forecast in dates and prices in the quoted currency, with the edge of its run."""

from datetime import date
from html import escape
from typing import Self

import numpy as np
from numpy.typing import NDArray

from pregao.findings import Finding
from pregao.inference import Edge
from pregao.instruments import Symbol, as_date, is_in_points, next_sessions, price_digits
from pregao.values import Value


class Forecast(Value):
    """The predictive distribution of the next closes of one symbol."""

    symbol: str
    currency: str
    as_of: date
    """The cutoff: the last session that the forecast depends on."""
    last_price: float
    sessions: tuple[date, ...]
    """The next sessions by the exchange's calendar."""
    levels: tuple[float, ...]
    prices: tuple[tuple[float, ...], ...]
    """A row per session, a price per level."""
    median: tuple[float, ...]
    forecaster: str
    run: str | None
    edge: Edge
    """Whether the run beat the best baseline on its test part significantly."""
    findings: tuple[Finding, ...] = ()

    @classmethod
    def from_quantiles(
        cls,
        symbol: Symbol,
        quantiles: NDArray[np.float64],
        *,
        levels: tuple[float, ...],
        as_of: np.datetime64,
        last_price: float,
        forecaster: str,
        run: str | None,
        edge: Edge,
        findings: tuple[Finding, ...] = (),
    ) -> Self:
        """Convert (horizon, levels) quantiles of the cumulative log return to dates and prices."""
        prices = last_price * np.exp(quantiles)
        sessions = next_sessions(symbol.exchange, as_of, len(prices))
        return cls(
            symbol=str(symbol),
            currency=symbol.currency,
            as_of=as_date(as_of),
            last_price=last_price,
            sessions=tuple(as_date(session) for session in sessions),
            levels=levels,
            prices=tuple(tuple(row) for row in prices.tolist()),
            median=tuple(prices[:, levels.index(0.5)].tolist()),
            forecaster=forecaster,
            run=run,
            edge=edge,
            findings=findings,
        )

    def _repr_html_(self) -> str:
        """Render the sessions and the 5, 25, 50, 75 and 95 % quantiles for a notebook."""
        digits = price_digits(self.last_price, self.symbol)
        unit = "pts" if is_in_points(self.symbol) else self.currency
        shown = [level for level in (0.05, 0.25, 0.5, 0.75, 0.95) if level in self.levels]
        heads = "".join(f"<th>{level:.0%}</th>" for level in shown)
        columns = [self.at(level) for level in shown]
        rows = "".join(
            f"<tr><td>{session}</td>"
            + "".join(f"<td>{column[step]:,.{digits}f}</td>" for column in columns)
            + "</tr>"
            for step, session in enumerate(self.sessions)
        )
        return (
            f"<p><b>{escape(self.symbol)}</b>, {escape(unit)}, as of {self.as_of}: "
            f"{self.last_price:,.{digits}f}; {escape(self.forecaster)}, "
            f"edge: {self.edge}</p>"
            f"<table><thead><tr><th>session</th>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        )

    def at(self, level: float) -> tuple[float, ...]:
        """Return the prices at one of the levels, one per session."""
        column = self.levels.index(level)
        return tuple(row[column] for row in self.prices)
