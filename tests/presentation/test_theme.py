from dataclasses import asdict

import pytest

from pregao.presentation.figures import PALETTES, Theme
from pregao.presentation.figures._theme import dark_twins

THEMES: tuple[Theme, ...] = ("light", "dark")


def _luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, two: str) -> float:
    high, low = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    "name", ["ink", "muted", "network", "baseline", "good", "warning", "error"]
)
@pytest.mark.parametrize("ground", ["paper", "surface"])
def test_every_text_colour_has_contrast_aa(theme: Theme, name: str, ground: str) -> None:
    colours = asdict(PALETTES[theme])

    assert _contrast(colours[name], colours[ground]) >= 4.5


def test_every_light_colour_has_one_dark_twin() -> None:
    light = asdict(PALETTES["light"])

    assert len(light) == len(dark_twins()) == len(set(dark_twins().values()))


@pytest.mark.parametrize("theme", THEMES)
def test_wider_ranges_stand_out_less(theme: Theme) -> None:
    colours = asdict(PALETTES[theme])
    contrasts = [_contrast(colours[f"band_{p}"], colours["paper"]) for p in (95, 90, 80, 50)]

    assert sorted(contrasts) == contrasts
