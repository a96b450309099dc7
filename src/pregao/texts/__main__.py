"""Bring the catalogues up to date with the messages of the code: ``python -m pregao.texts``."""

from pregao.texts import LOCALE_FOLDER
from pregao.texts._extraction import update_catalogue

if __name__ == "__main__":
    for path in LOCALE_FOLDER.rglob("*.po"):
        update_catalogue(path, LOCALE_FOLDER.parents[1])
