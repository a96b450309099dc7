"""The README of an exported run: inputs, outputs and the served forecaster."""

from pregao.dataset import ACTIONS, Scaler
from pregao.registry._model_card import ModelCard
from pregao.training import LEVELS, Experiment
from pregao.values import Text


def render_readmes(card: ModelCard) -> dict[str, bytes]:
    """Render a model card in English and in Portuguese; return the contents by file name."""
    experiment, scaler = card.experiment, card.scaler
    page = Text.of(
        _PAGE.en,
        _PAGE.pt_br,
        run=card.run,
        version=card.version,
        symbols=", ".join(experiment.symbols),
        candidate=card.candidate,
        served=card.champion,
        lookback=str(experiment.lookback),
        num_features=str(len(scaler.features)),
        cap=Text.same("") if scaler.cap is None else _fill(_CAP, cap=repr(scaler.cap)),
        rows=_rows(scaler),
        output=_output(experiment),
        actions=Text.same("") if experiment.actions is None else _fill(_ACTIONS),
        ensemble=_ensemble(card.weights),
        what_is_served=_NETWORK_SERVED
        if card.baseline is None
        else _fill(_BASELINE_SERVED, served=card.baseline),
    )
    return {"README.md": page.en.encode(), "LEIAME.md": page.pt_br.encode()}


def _rows(scaler: Scaler) -> str:
    columns = zip(scaler.features, scaler.center, scaler.scale, strict=True)
    return "\n".join(
        f"| {number} | {name} | {center!r} | {scale!r} |"
        for number, (name, center, scale) in enumerate(columns)
    )


def _output(experiment: Experiment) -> Text:
    horizon = str(experiment.horizon)
    if experiment.loss == "pinball":
        levels = ", ".join(map(str, LEVELS))
        return _fill(_QUANTILES, horizon=horizon, num_levels=str(len(LEVELS)), levels=levels)
    steps = _fill(_EACH_STEP if experiment.steps == "each" else _LAST_STEP, horizon=horizon)
    return _fill(_POINTS, steps=steps, target=experiment.target)


def _ensemble(weights: tuple[float, ...] | None) -> Text:
    if weights is None:
        return Text.same("")
    return _fill(_ENSEMBLE, weights=", ".join(map(repr, weights)))


def _fill(text: Text, **facts: Text | str) -> Text:
    return Text.of(text.en, text.pt_br, **{"actions": ", ".join(ACTIONS), **facts})


_PAGE = Text(
    en="""# {run}

Trained by Pregao {version} on {symbols}. Candidate: {candidate}. Served: {served}.

## Input

`x`, float32 of shape (batch, {lookback}, {num_features}), batch 1 to 4096: the last {lookback}
sessions, the oldest first, each with these columns. A column is scaled as
`(value - centre) / scale`{cap}.

| column | feature | centre | scale |
|---|---|---|---|
{rows}

## Outputs

1. {output}
{actions}
{ensemble}
## What is served

{what_is_served}
""",
    pt_br="""# {run}

Treinada pelo Pregao {version} com {symbols}. Candidata: {candidate}. Servida: {served}.

## Entrada

`x`, float32 com a forma (lote, {lookback}, {num_features}), lote de 1 a 4096: os {lookback}
pregões mais recentes, o mais antigo primeiro, cada um com estas colunas. A coluna é escalada como
`(valor - centro) / escala`{cap}.

| coluna | atributo | centro | escala |
|---|---|---|---|
{rows}

## Saídas

1. {output}
{actions}
{ensemble}
## O que é servido

{what_is_served}
""",
)

_QUANTILES = Text(
    en="Quantiles of the cumulative log return, (batch, {horizon}, {num_levels}), in units of "
    "`sigma * sqrt(step)`, where `sigma` is the session's volatility (feature `log_sigma`). "
    "Levels: {levels}.",
    pt_br="Quantis do retorno logarítmico acumulado, (lote, {horizon}, {num_levels}), em unidades "
    "de `sigma * sqrt(passo)`, em que `sigma` é a volatilidade do pregão (atributo `log_sigma`). "
    "Níveis: {levels}.",
)
_POINTS = Text(
    en="A point for {steps}, as `{target}`; the ranges around it are the anchor's, in "
    "`scaler.json`.",
    pt_br="Um ponto para {steps}, como `{target}`; as faixas em volta dele são as da âncora, em "
    "`scaler.json`.",
)
_EACH_STEP = Text(en="each of {horizon} steps", pt_br="cada um de {horizon} passos")
_LAST_STEP = Text(en="step {horizon}", pt_br="o passo {horizon}")
_ACTIONS = Text(
    en="2. Logits of the actions {actions}, (batch, 3).\n",
    pt_br="2. Logits das ações {actions}, (lote, 3).\n",
)
_ENSEMBLE = Text(
    en="An ensemble: the quantiles of `model-0.onnx` and the following are averaged with the "
    "weights {weights}.\n",
    pt_br="Um conjunto: os quantis de `model-0.onnx` e dos seguintes são somados com os pesos "
    "{weights}.\n",
)
_CAP = Text(en=", cut at -{cap} and {cap}", pt_br=", cortada em -{cap} e {cap}")

_NETWORK_SERVED = Text(
    en="""What `pregao forecast` says is this, moved by the offsets in `serving.json` and widened or
narrowed by how often the ranges held of late. Without both its ranges hold less often than they
promise.""",
    pt_br="""O que `pregao forecast` diz é isto, deslocado pelos ajustes de `serving.json` e
alargado ou estreitado conforme as faixas acertaram ultimamente. Sem ambos as faixas acertam menos
do que prometem.""",
)

_BASELINE_SERVED = Text(
    en="""Not this: the network has not earned its place, and `pregao forecast` says what {served}
says. As it was judged, the network is moved by the offsets in `candidate.json` and widened or
narrowed by how often the ranges held of late. Without both its ranges hold less often than they
promise.""",
    pt_br="""Não isto: a rede não conquistou o lugar, e `pregao forecast` diz o que {served} diz.
Como foi julgada, a rede é deslocada pelos ajustes de `candidate.json` e alargada ou estreitada
conforme as faixas acertaram ultimamente. Sem ambos as faixas acertam menos do que prometem.""",
)
