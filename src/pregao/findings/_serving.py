"""Kinds of findings about serving: which forecaster was served in place of a champion."""

from pregao.findings._kind import FindingKind
from pregao.values import Text

SERVING = (
    FindingKind(
        code="SRV001",
        severity="info",
        title=Text(en="baseline served", pt_br="previsão de uma referência"),
        meaning=Text(
            en="No champion can forecast these prices, so that a baseline fitted on request does.",
            pt_br="Nenhum campeão pode prever estes preços; prevê uma referência ajustada na hora.",
        ),
        advice=Text(
            en="use the ranges, not the direction; train a run on the symbol to have a champion",
            pt_br="use as faixas, não a direção; treine uma execução com o ativo para ter "
            "um campeão",
        ),
    ),
    FindingKind(
        code="SRV002",
        severity="warning",
        title=Text(en="champion unavailable", pt_br="campeão indisponível"),
        meaning=Text(
            en="The champion could not be loaded or its forecast was not finite, so that "
            "another forecaster is served.",
            pt_br="O campeão não pôde ser carregado ou a sua previsão não era finita; outro "
            "previsor é servido.",
        ),
        advice=Text(
            en="run 'pregao doctor', and roll back or promote another run",
            pt_br="rode 'pregao doctor', e volte à execução anterior ou promova outra",
        ),
    ),
)
