"""The result of training a stored run again, and its verdict."""

from collections.abc import Mapping, Sequence

from pregao.inference import Verdict
from pregao.values import Text, Value, bilingual


class PricesAgain(Value):
    """The prices of one symbol, as they were for the run and as they are now."""

    symbol: str
    provider: str
    first: str
    """Of the sessions of the run, as all fields here."""
    last: str
    sessions: int
    digest: str
    digest_now: str
    is_same: bool
    differs_from: str | None = None
    """The month, such as ``2016-03``; None where nothing differs, or it is unknown."""
    sessions_since: int = 0
    """Later or earlier sessions of the provider, left out."""
    revision: int | None = None
    """The revision of the store that they were read from."""


class TensorDifference(Value):
    """The first array that is not the same, in the order in which a forecast uses them."""

    member: int
    """Of an ensemble, from 0."""
    name: str
    """Of a tensor of the network, or ``scaler``, ``anchor``, or ``members`` of the ensemble."""
    largest: float | None
    """The largest difference of two numbers; None where shapes or names are not the same."""


class ScoreDifference(Value):
    """A score of the test or validation part that is not the same."""

    name: str
    recorded: float
    found: float


class VersionDifference(Value):
    """Software or a machine whose version is not that of the run."""

    name: str
    recorded: str | None
    installed: str | None


class Reproduction(Value):
    """A stored run compared with the result of its experiment now.

    Where prices differ nothing is trained, and the fields that depend on it are None.
    """

    run: str
    forecaster: str
    is_same: bool
    verdict: Verdict
    prices: tuple[PricesAgain, ...]
    digest: str
    """Of the weights that are stored."""
    digest_now: str | None = None
    weights: TensorDifference | None = None
    """None where they are the same."""
    crps: float | None = None
    """Of the test part, as the report has it."""
    crps_now: float | None = None
    scores: tuple[ScoreDifference, ...] = ()
    """Those that differ."""
    served: str | None = None
    """The baseline that is served in place of the network."""
    is_served_same: bool | None = None
    versions: tuple[VersionDifference, ...] = ()
    """Those that differ."""
    seconds: float = 0.0


def version_differences(
    recorded: Mapping[str, str], installed: Mapping[str, str]
) -> tuple[VersionDifference, ...]:
    """Return every version that is not the recorded one.

    >>> version_differences({"torch": "2.12.0", "numpy": "2.4.1"}, {"torch": "2.13.0"})[0].recorded
    '2.12.0'
    """
    names = dict.fromkeys([*recorded, *installed])
    return tuple(
        VersionDifference(name=name, recorded=recorded.get(name), installed=installed.get(name))
        for name in names
        if recorded.get(name) != installed.get(name)
    )


def verdict_of(
    *,
    prices: Sequence[PricesAgain],
    weights: TensorDifference | None,
    scores: Sequence[ScoreDifference],
    served: str | None,
    is_served_same: bool | None,
    versions: Sequence[VersionDifference],
) -> Verdict:
    """Return in one sentence whether a run was reproduced, and if not, what differs first."""
    changed = [each for each in prices if not each.is_same]
    if changed:
        return _not(_about_prices(changed))
    if weights is not None:
        return _not(_about_weights(weights), versions)
    if scores:
        return _not(_about_scores(scores), versions)
    if served is not None and not is_served_same:
        return _not(
            bilingual(
                "the network is the same, and the baseline {name}, which is served, is not",
                name=served,
            ),
            versions,
        )
    return Verdict.from_text(
        bilingual(
            "Reproduced: trained again on the same prices, weights and scores are the same to the "
            "last bit."
        )
    )


def _not(reason: Text, versions: Sequence[VersionDifference] = ()) -> Verdict:
    text = bilingual(
        "Not reproduced: {reason}{versions}.", reason=reason, versions=_about_versions(versions)
    )
    return Verdict.from_text(text)


def _about_prices(changed: Sequence[PricesAgain]) -> Text:
    first, *others = changed
    since = Text.same("")
    if first.differs_from is not None:
        year, month = first.differs_from.split("-")
        since = bilingual(", from {year}-{month} on", year=year, month=month)
    more = bilingual(" (and those of {count} more)", count=len(others)) if others else ""
    return bilingual(
        "the prices of {symbol} are not those it was made from{since}{more}",
        symbol=first.symbol,
        since=since,
        more=more,
    )


def _about_weights(difference: TensorDifference) -> Text:
    by: Text | str = ""
    if difference.largest is not None:
        by = bilingual(", by {number:.2g} at most", number=difference.largest)
    return bilingual(
        "the weights differ, first in {tensor} of member {member}{by}",
        tensor=difference.name,
        member=difference.member,
        by=by,
    )


def _about_scores(scores: Sequence[ScoreDifference]) -> Text:
    first, *others = scores
    return bilingual(
        "the weights are the same, and {score} is not: {recorded:.17g} then, "
        "{found:.17g} now{more}",
        score=first.name,
        recorded=first.recorded,
        found=first.found,
        more=bilingual(" (and {count} more)", count=len(others)) if others else "",
    )


def _about_versions(versions: Sequence[VersionDifference]) -> Text | str:
    changed = [
        bilingual(
            "{library} {recorded} then, {installed} now",
            library=each.name,
            recorded=each.recorded,
            installed=each.installed,
        )
        for each in versions
        if each.recorded is not None and each.installed is not None
    ]
    if not changed:
        return ""
    return bilingual(" ({versions})", versions=Text.joined(changed, en="; ", pt_br="; "))
