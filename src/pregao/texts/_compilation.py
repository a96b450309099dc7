"""Compilation of the catalogues, when the package is built or a translation has changed."""

from pathlib import Path

from pregao.texts._catalogues import LOCALE_FOLDER


def compile_catalogues(folder: Path = LOCALE_FOLDER) -> None:
    """Compile each ``.po`` below a folder to the ``.mo`` beside it, unless that is newer.

    A compiled catalogue is replaced as a whole: a reader sees the old one or the new one.
    """
    for source in folder.rglob("*.po"):
        compiled = source.with_suffix(".mo")
        if compiled.is_file() and compiled.stat().st_mtime_ns > source.stat().st_mtime_ns:
            continue
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po

        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parents[1].name)
        part = compiled.with_suffix(".part")
        with part.open("wb") as file:
            write_mo(file, catalogue)
        part.replace(compiled)
