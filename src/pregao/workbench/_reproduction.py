"""The result of training a stored run again, and its verdict."""

from collections.abc import Mapping, Sequence

from pregao.inference import Verdict
from pregao.values import Value


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
            (
                f"the network is the same, and the baseline {served}, which is served, is not",
                f"a rede é a mesma, e a referência {served}, que é servida, não é",
            ),
            versions,
        )
    return Verdict(
        en="Reproduced: trained again on the same prices, weights and scores are the same to the "
        "last bit.",
        pt_br="Reproduzido: com novo treino sobre os mesmos preços, pesos e notas são os mesmos "
        "até o último bit.",
    )


_Both = tuple[str, str]
"""A clause in English and in Portuguese."""


def _not(reason: _Both, versions: Sequence[VersionDifference] = ()) -> Verdict:
    en, pt_br = reason
    then, antes = (_about_versions(versions, *words) for words in (("then", "now"), _PT_TIMES))
    return Verdict(en=f"Not reproduced: {en}{then}.", pt_br=f"Não reproduzido: {pt_br}{antes}.")


_PT_TIMES = ("antes", "agora")


def _about_prices(changed: Sequence[PricesAgain]) -> _Both:
    first, *others = changed
    since, desde = "", ""
    if first.differs_from is not None:
        since = f", from {first.differs_from} on"
        year, month = first.differs_from.split("-")
        desde = f", a partir de {month}/{year}"
    more = f" (and those of {len(others)} more)" if others else ""
    mais = f" (nem os de outros {len(others)})" if others else ""
    return (
        f"the prices of {first.symbol} are not those it was made from{since}{more}",
        f"os preços de {first.symbol} não são aqueles de que foi feito{desde}{mais}",
    )


def _about_weights(difference: TensorDifference) -> _Both:
    number = difference.largest
    by, por = "", ""
    if number is not None:
        by = f", by {number:.2g} at most"
        por = f", por {_comma(f'{number:.2g}')} no máximo"
    return (
        f"the weights differ, first in {difference.name} of member {difference.member}{by}",
        f"os pesos diferem, primeiro em {difference.name} do membro {difference.member}{por}",
    )


def _about_scores(scores: Sequence[ScoreDifference]) -> _Both:
    first, *others = scores
    more = f" (and {len(others)} more)" if others else ""
    mais = f" (e mais {len(others)})" if others else ""
    recorded, found = f"{first.recorded:.17g}", f"{first.found:.17g}"
    numbers = f"{_comma(recorded)} antes, {_comma(found)} agora"
    return (
        f"the weights are the same, and {first.name} is not: {recorded} then, {found} now{more}",
        f"os pesos são os mesmos, e {first.name} não é: {numbers}{mais}",
    )


def _about_versions(versions: Sequence[VersionDifference], then: str, now: str) -> str:
    changed = [
        f"{each.name} {each.recorded} {then}, {each.installed} {now}"
        for each in versions
        if each.recorded is not None and each.installed is not None
    ]
    return f" ({'; '.join(changed)})" if changed else ""


def _comma(number: str) -> str:
    return number.replace(".", ",")
