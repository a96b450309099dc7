"""Kinds of findings about serving: who answered, and why not the one that should have."""

from pregao.findings._kind import Kind
from pregao.values import Text

SERVING = (
    Kind(
        code="SRV001",
        severity="info",
        title=Text(en="a baseline answers", pt_br="responde uma referência"),
        meaning=Text(
            en="No trained run can answer for these prices, so a baseline fitted on the spot does.",
            pt_br="Nenhuma execução treinada pode responder por estes preços; responde uma "
            "referência ajustada na hora.",
        ),
        advice=Text(
            en="use the ranges, not the direction; train a run for the symbol to have a champion",
            pt_br="use as faixas, não a direção; treine uma execução do ativo para ter um campeão",
        ),
    ),
    Kind(
        code="SRV002",
        severity="warning",
        title=Text(en="the champion could not answer", pt_br="o campeão não pôde responder"),
        meaning=Text(
            en="The champion's files are damaged or its numbers were not finite, so another "
            "forecaster stood in for it.",
            pt_br="Os arquivos do campeão estão danificados ou seus números não eram finitos; "
            "outro previsor o substituiu.",
        ),
        advice=Text(
            en="run 'pregao doctor', and roll back or promote another run",
            pt_br="rode 'pregao doctor', e volte atrás ou promova outra execução",
        ),
    ),
)
