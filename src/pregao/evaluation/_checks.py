"""Checks of results: findings about scores, choices and simulations that are too good."""

from collections.abc import Mapping, Sequence
from datetime import date
from statistics import fmean

import numpy as np

from pregao.evaluation._results import Trials
from pregao.findings import Finding
from pregao.values import Text, bilingual

BELIEVABLE_R2 = 0.2
"""On returns; networks of Gu, Kelly and Xiu (2020) reach 0.004 on monthly returns of stocks."""
FEW_WINDOWS = 200
"""On no more windows, chance alone can give any score."""
IMPRESSIVE_PRICE_R2 = 0.9
LEAST_CLASS_SHARE = 0.1
TOLERATED_SHORTFALL = 0.03
MOST_PBO = 0.5
LEAST_DEFLATED_SHARPE = 0.95
FEWEST_FOLDS = 3
LEAST_SHARE_OF_FOLDS = 0.6

_SIGNALS = 4001


def best_accuracy(shares: Sequence[float], r2: float = BELIEVABLE_R2) -> float:
    """Return the highest accuracy of any rule that explains `r2` of the variance of returns.

    Returns are standard normal and cut into classes from the lowest to the highest, of these
    shares; the rule reads a normal signal whose correlation with them is the root of `r2`, and
    predicts the most likely class. For two equal classes that is ``1/2 + asin(sqrt(r2)) / pi``
    (Sheppard, 1899). Returns with fat tails and clusters of volatility allow a little more where a
    class is a matter of size, such as hold.

    >>> round(best_accuracy([0.5, 0.5]), 3), round(best_accuracy([0.5, 0.5], r2=0.0), 3)
    (0.648, 0.5)
    """
    from scipy.special import ndtr, ndtri

    signals = ndtri((np.arange(_SIGNALS) + 0.5) / _SIGNALS)
    cuts = ndtri(np.clip(np.cumsum(shares)[:-1], 0.0, 1.0))
    below = ndtr((cuts - np.sqrt(r2) * signals[:, None]) / np.sqrt(1 - r2))
    classes = np.diff(below, prepend=0.0, append=1.0)
    return float(classes.max(axis=1).mean())


def accuracy_above_possible(
    name: str, accuracy: float, shares: Sequence[float], num_windows: int
) -> Finding | None:
    """Find an accuracy that no forecast of returns can have (EVA002).

    `shares` are those of the observed classes, from the lowest returns to the highest.
    """
    possible = best_accuracy(shares)
    if accuracy <= possible or num_windows <= FEW_WINDOWS:
        return None
    seen = bilingual(
        "{name} is right in {accuracy:.1f} % of {windows} windows, where {possible:.1f} % is the "
        "most that a forecast with an R2 of {r2:.1f} on returns can be",
        name=name,
        accuracy=100 * accuracy,
        windows=num_windows,
        possible=100 * possible,
        r2=BELIEVABLE_R2,
    )
    return Finding.from_code("EVA002", seen)


def price_r2_alone(name: str, r2: float, naive_r2: float | None = None) -> Finding | None:
    """Find an R2 on prices without the naive forecast's, or no better than it (EVA002).

    Today's price explains nearly all of the variance of tomorrow's.
    """
    if r2 < IMPRESSIVE_PRICE_R2 or (naive_r2 is not None and r2 > naive_r2):
        return None
    naive = (
        bilingual("stands alone")
        if naive_r2 is None
        else bilingual("is what repeating the last price has: {naive:.4f}", naive=naive_r2)
    )
    seen = bilingual("{name}'s R2 of {r2:.4f} on prices {naive}", name=name, r2=r2, naive=naive)
    do = bilingual(
        "read the R2 on returns or MASE: on prices any forecast near the last one has 0.98"
    )
    return Finding.from_code("EVA002", seen, severity="warning", do=do)


def leak(what: str, cutoff: date) -> Finding:
    """Return the first value that changed when prices after a cutoff were randomised (EVA003)."""
    seen = bilingual(
        "{what} changed at {cutoff} when only later prices did", what=what, cutoff=cutoff
    )
    return Finding.from_code("EVA003", seen)


def trials_not_counted(counted: int, known: int) -> Finding | None:
    """Compare the trials in the ledger with those known to have run (EVA007)."""
    if counted >= known:
        return None
    seen = bilingual(
        "the ledger counts {counted} trials, and at least {known} were run",
        counted=counted,
        known=known,
    )
    return Finding.from_code("EVA007", seen)


def opened_again(times: int) -> Finding | None:
    """Find repeated accesses to a test part, this one included (EVA008)."""
    if times <= 1:
        return None
    seen = bilingual("the ledger counts {times} openings of these test sessions", times=times)
    return Finding.from_code("EVA008", seen)


def findings_of_trials(trials: Trials) -> tuple[Finding, ...]:
    """Return the findings about earlier accesses to these test sessions."""
    lost = trials_not_counted(trials.num_trials, trials.num_trials + trials.num_lost)
    return tuple(each for each in (opened_again(trials.num_openings), lost) if each)


def class_imbalance(counts: Mapping[str, int]) -> Finding | None:
    """Find a class that is rare among the labels (EVA009)."""
    total = sum(counts.values())
    if not any(count < LEAST_CLASS_SHARE * total for count in counts.values()):
        return None
    shares = [
        bilingual("{name} {share:.1f} %", name=name, share=100 * count / total)
        for name, count in counts.items()
    ]
    seen = bilingual(
        "of {total} labels: {shares}", total=total, shares=Text.joined(shares, en=", ", pt_br=", ")
    )
    return Finding.from_code("EVA009", seen)


def not_promoted(
    name: str, baseline: str, *, in_confidence_set: bool, p_value: float, level: float
) -> Finding | None:
    """Return why the best network does not become champion (EVA011)."""
    why = []
    if not in_confidence_set:
        outside = bilingual("is not in the model confidence set")
        why.append(outside)
    if p_value >= level:
        no_better = bilingual(
            "does not beat {baseline} at the {level:.0f} % level (p = {p:.3f})",
            baseline=baseline,
            level=100 * level,
            p=p_value,
        )
        why.append(no_better)
    if not why:
        return None
    seen = bilingual("{name} {why}", name=name, why=Text.joined(why))
    return Finding.from_code("EVA011", seen)


def fails_when_volatile(name: str, coverage: float, *, promised: float = 0.9) -> Finding | None:
    """Compare the coverage in the top tercile of volatility with the nominal one (EVA012)."""
    if coverage >= promised - TOLERATED_SHORTFALL:
        return None
    seen = bilingual(
        "in the most volatile third of the sessions {name}'s {promised:.0f} % range held "
        "{coverage:.1f} %",
        name=name,
        promised=100 * promised,
        coverage=100 * coverage,
    )
    return Finding.from_code("EVA012", seen)


def overfitted_by_selection(
    name: str, *, trials: int, pbo: float | None = None, deflated_sharpe: float | None = None
) -> Finding | None:
    """Find overfitting by selection, by the PBO or the deflated Sharpe ratio (EVA013).

    Both are probabilities: that the best in sample is below the median out of sample, and that the
    true Sharpe ratio is above the best of as many trials without skill.
    """
    seen = []
    if pbo is not None and pbo > MOST_PBO:
        by_pbo = bilingual("a probability of backtest overfitting of {pbo:.2f}", pbo=pbo)
        seen.append(by_pbo)
    if deflated_sharpe is not None and deflated_sharpe < LEAST_DEFLATED_SHARPE:
        by_sharpe = bilingual("a deflated Sharpe ratio of {ratio:.2f}", ratio=deflated_sharpe)
        seen.append(by_sharpe)
    if not seen:
        return None
    text = bilingual(
        "after {trials} trials {name} has {seen}", trials=trials, name=name, seen=Text.joined(seen)
    )
    return Finding.from_code("EVA013", text)


def costs_eat_edge(
    name: str, *, gross: float, net: float, rival: Text, rival_net: float
) -> Finding | None:
    """Find an advantage that costs consume: above a rival before them, below after (EVA014).

    Returns are shares of the capital over the same span: 0.12 is 12 %.
    """
    if not gross > rival_net >= net:
        return None
    seen = bilingual(
        "{name} earns {gross:.1f} % before costs and {net:.1f} % after them, {rival} {other:.1f} %",
        name=name,
        gross=100 * gross,
        net=100 * net,
        rival=rival,
        other=100 * rival_net,
    )
    return Finding.from_code("EVA014", seen)


def labels_swapped(read: Sequence[str], found: Sequence[str], *, p_value: float) -> Finding | None:
    """Compare the order in which classes are read with the one that fits outcomes (EVA015)."""
    if tuple(read) == tuple(found):
        return None
    seen = bilingual(
        "the classes are read as {read}, and what came fits {found} (p = {p:.4f})",
        read=", ".join(read),
        found=", ".join(found),
        p=p_value,
    )
    return Finding.from_code("EVA015", seen)


def folds_disagree(name: str, skills: Sequence[float]) -> Finding | None:
    """Find a mean gain that few folds of a walk-forward made (EVA016).

    `skills` are those over the best baseline, one for each fold.
    """
    gaining = sum(skill > 0 for skill in skills)
    if (
        len(skills) < FEWEST_FOLDS
        or fmean(skills) <= 0
        or gaining >= LEAST_SHARE_OF_FOLDS * len(skills)
    ):
        return None
    seen = bilingual(
        "{name} gains {mean:.1f} % on average, in {gaining} of {folds} folds; the worst loses "
        "{worst:.1f} %",
        name=name,
        mean=100 * fmean(skills),
        gaining=gaining,
        folds=len(skills),
        worst=-100 * min(skills),
    )
    return Finding.from_code("EVA016", seen)
