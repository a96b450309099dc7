"""The narrative of an explanation: sentences drawn from attributions and importances."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, assert_never

from pregao.explanation._integrated_gradients import IntegratedGradients, sum_by_lag_group
from pregao.explanation._permutation_importance import PermutationImportance, PermutationImportances
from pregao.training import ActionProbability, MedianAt, Quantity, WidthAt
from pregao.values import Text, bilingual

# Above this share of the attributions, the gap of the integration makes their sizes unreliable.
_MAX_GAP_SHARE = 0.05
_NUM_NAMED = 3
_ACTIONS = {
    "buy": bilingual("buy"),
    "sell": bilingual("sell"),
    "hold": bilingual("hold"),
}
_SESSION, _SESSIONS = bilingual("session"), bilingual("sessions")

REMINDER = bilingual("It describes what the network read, not what moves the market.")
WITHOUT_EDGE = bilingual(
    "There is no edge over the best baseline: this describes what the network "
    "read, not what moves the market."
)
IGNORES_INPUTS = bilingual(
    "No epoch beat the untrained network, so it equals its anchor: it reads nothing of the "
    "window, and there is nothing to explain."
)
IGNORES_FEATURES = bilingual("It reads no features: its forecasts are the same whatever they are.")
_LARGE_GAP = bilingual(
    "The shares do not add up: the network cannot be differentiated everywhere, so "
    "use no more than their order."
)
_NO_LAGS = bilingual("No group of lags matters beyond chance.")


def baseline_served(name: str) -> Text:
    """Return the sentence that a baseline is served in place of the network."""
    return bilingual(
        "The network was not promoted: {name} forecasts, and what is explained here is the "
        "network.",
        name=name,
    )


def describe_forecast(attributed: Sequence[IntegratedGradients]) -> Iterator[Text]:
    """Yield a sentence per quantity of a forecast: its value and its largest attributions."""
    for each in attributed:
        yield _describe_quantity(each)
    yield from _describe_gap(attributed)


def describe_run(
    attributed: Sequence[IntegratedGradients], importances: PermutationImportances
) -> Iterator[Text]:
    """Yield sentences on the most important features, clusters and lags of a run."""
    if not importances.reads_features:
        yield IGNORES_FEATURES
        return
    yield _describe_features(importances)
    yield from _describe_clusters(importances)
    yield _describe_lags(importances.by_lag)
    yield from _describe_gap(attributed)


def quantity_name(quantity: Quantity) -> Text:
    """Return the name of a quantity of a forecast.

    >>> quantity_name(WidthAt(step=10)).pt_br
    'Largura da faixa de 90 % em 10 pregões'
    """
    match quantity:
        case MedianAt(step=step):
            return bilingual("Median in {ahead}", ahead=_sessions(step))
        case WidthAt(step=step, percent=percent):
            return bilingual(
                "Width of the {percent} % range in {ahead}", percent=percent, ahead=_sessions(step)
            )
        case ActionProbability(action=action):
            return bilingual("Probability of {action}", action=_ACTIONS[action])
        case _:
            assert_never(quantity)


def _describe_quantity(attributed: IntegratedGradients) -> Text:
    name, value = quantity_name(attributed.quantity), _number(attributed.value_percent)
    if attributed.absolute_percent == 0:
        return bilingual("{name}: {value} %, whatever the inputs are.", name=name, value=value)
    lags, share = _most_read_lags(attributed)
    most = {each.name: each.signed_percent for each in attributed.sorted_by_size()[:_NUM_NAMED]}
    return bilingual(
        "{name}: {value} %, {points} points from what the average input would give. What mattered "
        "most: {most}; {share} % of all in {lags}.",
        name=name,
        value=value,
        points=_number(attributed.difference_percent, "+"),
        most=_listed(most, ""),
        share=share,
        lags=_lags(lags),
    )


def _most_read_lags(attributed: IntegratedGradients) -> tuple[str, int]:
    """Return the group of lags of largest attribution, and its share of the total in percent."""
    most = max(sum_by_lag_group(attributed), key=lambda each: each.absolute_percent)
    return most.name, round(100 * most.absolute_percent / attributed.absolute_percent)


def _describe_gap(attributed: Sequence[IntegratedGradients]) -> Iterator[Text]:
    if any(abs(each.gap_percent) > _MAX_GAP_SHARE * each.absolute_percent for each in attributed):
        yield _LARGE_GAP


def _describe_features(importances: PermutationImportances) -> Text:
    everything = _number(importances.everything.rise_percent, "+")
    clear = _clear(importances.by_feature)
    if not clear:
        return bilingual(
            "No single feature matters beyond chance: to swap one among windows does not clearly "
            "raise the validation CRPS. To swap all changes it by {everything} %.",
            everything=everything,
        )
    return bilingual(
        "What mattered most: {most}. So much the validation CRPS rises when a feature is swapped "
        "among windows; to swap all changes it by {everything} %.",
        most=_listed({each.name: each.rise_percent for each in clear[:_NUM_NAMED]}, " %"),
        everything=everything,
    )


def _describe_clusters(importances: PermutationImportances) -> Iterator[Text]:
    """Yield a sentence per cluster that is more important than each of its features alone."""
    alone = {each.name: each.rise_percent for each in importances.by_feature}
    for each in _clear(importances.by_cluster):
        if each.rise_percent > max(alone[member] for member in each.members):
            yield bilingual(
                "Swapped together, {names} cost {rise} %: they are correlated, and one can "
                "replace the other.",
                names=each.name,
                rise=_number(each.rise_percent, "+"),
            )


def _describe_lags(by_lag: Sequence[PermutationImportance]) -> Text:
    clear = _clear(by_lag)
    if not clear:
        return _NO_LAGS
    return bilingual(
        "Of the sessions in the window, what mattered most: {lags} ({rise} %).",
        lags=_lags(clear[0].name),
        rise=_number(clear[0].rise_percent, "+"),
    )


def _clear(importances: Iterable[PermutationImportance]) -> list[PermutationImportance]:
    """Return the importances above two standard errors, the largest first."""
    chosen = [each for each in importances if each.is_clear]
    return sorted(chosen, key=lambda each: -each.rise_percent)


def _sessions(count: int) -> Text:
    return Text.counted(count, _SESSION, _SESSIONS)


def _lags(lags: str) -> Text:
    if lags == "1":
        return bilingual("the session of the cutoff")
    return bilingual("lags {lags}", lags=lags)


def _listed(most: Mapping[str, float], unit: str) -> Text:
    blanks = f"{{name}} ({{value}}{unit})"
    named = [
        Text.of(blanks, blanks, name=name, value=_number(percent, "+"))
        for name, percent in most.items()
    ]
    return Text.joined(named, en=", ", pt_br=", ")


def _number(percent: float, sign: Literal["+", "-"] = "-") -> Text:
    """Format a number with two decimals, a small one with three."""
    digits = 2 if abs(percent) >= 0.1 else 3
    blank = f"{{number:{sign}.{digits}f}}"
    return Text.of(blank, blank, number=round(percent, digits) + 0.0)
