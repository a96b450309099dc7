"""Work for the store's tests: spawned processes import it by name."""

from pathlib import Path

import numpy as np

from pregao.prices import Prices, PriceStore


def append_every_second(root: str, market: Prices, start: int) -> None:
    store = PriceStore(Path(root))
    for row in range(start, len(market), 2):
        store.append(Prices(market.symbol, market.bars.take(np.array([row])), market.provider))
