"""Kinds of findings about serving: which forecaster was served in place of a champion."""

from pregao.findings._kind import FindingKind
from pregao.values import bilingual

SERVING = (
    FindingKind(
        code="SRV001",
        severity="info",
        title=bilingual("baseline served"),
        meaning=bilingual(
            "No champion can forecast these prices, so that a baseline fitted on request does."
        ),
        advice=bilingual(
            "use the ranges, not the direction; train a run on the symbol to have a champion"
        ),
    ),
    FindingKind(
        code="SRV002",
        severity="warning",
        title=bilingual("champion unavailable"),
        meaning=bilingual(
            "The champion could not be loaded or its forecast was not finite, so that "
            "another forecaster is served."
        ),
        advice=bilingual("run 'pregao doctor', and roll back or promote another run"),
    ),
)
