"""Notes of simulated accounts: what is left out of them."""

import numpy as np
import pytest

from pregao.decisions.trading import SymbolForecasts, simulate
from pregao.presentation import MarketAccounts
from pregao.testing import synthetic_prices


def note_of(ticker: str, start: str) -> str:
    """Return the English note of an account of a few sessions, or nothing."""
    prices = synthetic_prices(ticker, 30, first=start)
    quantiles = np.tile([-0.02, 0.01, 0.03], (5, 5, 1))
    decisions = SymbolForecasts(prices.sessions[:5], quantiles, (0.1, 0.5, 0.9))
    note = MarketAccounts(simulate(prices, decisions).summary, ()).note
    return note.en.replace("\u00a0", " ") if note else ""


@pytest.mark.parametrize(
    ("start", "jcp", "dividends"),
    [
        ("2024-01-02", "15.0 % of JCP", ""),
        (
            "2026-01-05",
            "17.5 % of JCP",
            "10 % of dividends where a company pays a person more than R$ 50,000.00 in a month",
        ),
    ],
)
def test_the_note_of_a_share_names_what_was_withheld_at_its_last_session(start, jcp, dividends):
    note = note_of("PETR4", start)

    assert jcp in note
    assert dividends in note
    assert bool(dividends) == ("of dividends" in note)


@pytest.mark.parametrize("ticker", ["NVDA", "AAPL34", "IFIX"])
def test_an_account_without_a_known_withholding_has_no_note(ticker):
    assert "" == note_of(ticker, "2026-01-05")
