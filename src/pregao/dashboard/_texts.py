"""Every text of the dashboard, in English and in Brazilian Portuguese."""

from pregao.dashboard._texts_common import COMMON
from pregao.dashboard._texts_instruments import INSTRUMENTS
from pregao.dashboard._texts_network import NETWORK
from pregao.dashboard._texts_operations import OPERATIONS
from pregao.dashboard._texts_overview import OVERVIEW
from pregao.dashboard._texts_runs import RUNS
from pregao.dashboard._texts_simulator import SIMULATOR
from pregao.dashboard._texts_symbol import SYMBOL
from pregao.dashboard._texts_training import TRAINING
from pregao.presentation import Quantity, write
from pregao.values import Text

_PAGES = (COMMON, INSTRUMENTS, OVERVIEW, SYMBOL, SIMULATOR, TRAINING, NETWORK, RUNS, OPERATIONS)

TEXTS: dict[str, Text] = {key: text for page in _PAGES for key, text in page.items()}
"""By key; those that scripts show begin with ``js_``."""


def say(key: str, /, **facts: Quantity) -> Text:
    """Return a text, its blanks filled with facts as each language writes them."""
    text = TEXTS[key]
    english = {name: write(each, "en") for name, each in facts.items()}
    portuguese = {name: write(each, "pt") for name, each in facts.items()}
    return Text(en=text.en.format(**english), pt_br=text.pt_br.format(**portuguese))
