"""Bring the catalogues up to date: ``python -m pregao.texts``.

``update`` first collects the messages of the code into them; without it they are compiled only.
"""

import sys

from pregao.texts import LOCALE_FOLDER
from pregao.texts._compilation import compile_catalogues
from pregao.texts._extraction import update_catalogue

if __name__ == "__main__":
    if sys.argv[1:] == ["update"]:
        for path in LOCALE_FOLDER.rglob("*.po"):
            update_catalogue(path, LOCALE_FOLDER.parents[1])
    compile_catalogues()
