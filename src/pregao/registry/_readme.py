"""The README of an exported run: inputs, outputs and the served forecaster."""

from pregao.dataset import ACTIONS, Scaler
from pregao.registry._model_card import ModelCard
from pregao.training import LEVELS, Experiment
from pregao.values import Text, bilingual


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


_PAGE = bilingual("""# {run}

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
""")

_QUANTILES = bilingual(
    "Quantiles of the cumulative log return, (batch, {horizon}, {num_levels}), in units of "
    "`sigma * sqrt(step)`, where `sigma` is the session's volatility (feature `log_sigma`). "
    "Levels: {levels}."
)
_POINTS = bilingual(
    "A point for {steps}, as `{target}`; the ranges around it are the anchor's, in `scaler.json`."
)
_EACH_STEP = bilingual("each of {horizon} steps")
_LAST_STEP = bilingual("step {horizon}")
_ACTIONS = bilingual("2. Logits of the actions {actions}, (batch, 3).\n")
_ENSEMBLE = bilingual(
    "An ensemble: the quantiles of `model-0.onnx` and the following are averaged with the "
    "weights {weights}.\n"
)
_CAP = bilingual(", cut at -{cap} and {cap}")

_NETWORK_SERVED = bilingual(
    """`pregao forecast` serves these outputs, moved by the offsets in `serving.json` and widened or
narrowed by how often the ranges held of late. Without both its ranges hold less often than they
promise."""
)

_BASELINE_SERVED = bilingual(
    """Not this network: it has no edge, and `pregao forecast` serves {served} instead. As it was
scored, the network is moved by the offsets in `candidate.json` and widened or narrowed by how
often the ranges held of late. Without both its ranges hold less often than they promise."""
)
