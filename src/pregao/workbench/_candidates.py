"""The networks that compete in a benchmark, and the windows that they compete on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pregao.dataset import Dataset, make_dataset
from pregao.errors import InvalidNetworkError
from pregao.findings import Finding, network_left_out
from pregao.training import Datasets, Experiment, Model, datasets_for, find_recipe
from pregao.workbench._prices import Checked
from pregao.zoo.networks import ZOO, Network, current_name, find_network

DEFAULT_RECIPE = "anchored"


@dataclass(frozen=True)
class SearchChoice:
    """The trial that a search chose for a candidate, and what the search cost."""

    checkpoint: bytes
    best_params: Mapping[str, object]
    trials: int
    pruned: int
    seconds: float


@dataclass(frozen=True)
class Candidate:
    """A network that competes: to be trained, or chosen and trained by a search before."""

    name: str
    experiment: Experiment
    choice: SearchChoice | None = None


def candidates_of_zoo(
    experiment: Experiment, networks: Sequence[str]
) -> tuple[tuple[Candidate, ...], tuple[Finding, ...]]:
    """Return a candidate for each named network, of the whole zoo by default.

    The findings name the networks of the zoo that do not fit the experiment.
    """
    fitting, left_out = buildable(experiment, networks)
    candidates = (
        Candidate(name, experiment.replace(network=network)) for name, network in fitting.items()
    )
    return tuple(candidates), left_out


def buildable(
    experiment: Experiment, names: Sequence[str]
) -> tuple[dict[str, Network], tuple[Finding, ...]]:
    """Return the networks to train; of the whole zoo, those that fit the lookback and features.

    Raises
    ------
    InvalidNetworkError
        If a network that was named does not fit.
    """
    fitting, left_out = {}, []
    for name in names or ZOO:
        network = find_network(name)
        try:
            experiment.replace(network=network).num_parameters(len(experiment.features))
        except InvalidNetworkError as error:
            if names:
                raise
            left_out.append(network_left_out(name, error))
        else:
            fitting[current_name(name)] = network
    return fitting, tuple(left_out)


def with_symbols(candidates: Sequence[Candidate], symbols: Sequence[str]) -> tuple[Candidate, ...]:
    """Return the same candidates, trained on these symbols."""
    return tuple(
        Candidate(each.name, each.experiment.replace(symbols=tuple(symbols))) for each in candidates
    )


def candidates_of_recipe(name: str, recipe: str | None, experiment: Experiment) -> list[Candidate]:
    """Return an experiment as a candidate; one of a recipe with the default experiment beside."""
    candidates = [Candidate(name, experiment)]
    if recipe is not None and recipe != DEFAULT_RECIPE:
        candidates.append(Candidate(DEFAULT_RECIPE, _default_experiment(experiment)))
    return candidates


def _default_experiment(experiment: Experiment) -> Experiment:
    """Return the default experiment for the same symbols, span and horizon."""
    return find_recipe(DEFAULT_RECIPE).experiment.replace(
        symbols=experiment.symbols,
        source=experiment.source,
        start=experiment.start,
        end=experiment.end,
        horizon=experiment.horizon,
        split=experiment.split,
        seed=experiment.seed,
    )


@dataclass(frozen=True, eq=False)
class Group:
    """Symbols whose windows are pooled, and the networks that compete on them."""

    prices: tuple[Checked, ...]
    candidates: tuple[Candidate, ...]
    datasets: Datasets

    @classmethod
    def cut(cls, prices: Sequence[Checked], candidates: Sequence[Candidate]) -> "Group":
        """Cut the windows of all candidates, inside the borders of the first.

        Raises
        ------
        HistoryTooShortError, SplitError
            If they do not fit.
        """
        experiments = [each.experiment for each in candidates]
        datasets = datasets_for([each.prices for each in prices], experiments)
        return cls(tuple(prices), tuple(candidates), datasets)

    @classmethod
    def cut_for_model(
        cls, prices: Sequence[Checked], model: Model, candidates: Sequence[Candidate] = ()
    ) -> "Group":
        """Cut windows as a trained model reads them.

        Scaler and borders are those of the model, so that its test part holds no window that it was
        trained or chosen on.

        Parameters
        ----------
        candidates
            The experiments that the model was trained by.
        """
        dataset = make_dataset(
            [each.prices for each in prices],
            features=model.scaler.features,
            lookback=model.experiment.lookback,
            horizon=model.experiment.horizon,
            split=model.borders,
            scaler=model.scaler,
        )
        return cls(tuple(prices), tuple(candidates), {model.experiment.window_settings: dataset})

    @property
    def first(self) -> Dataset:
        """The dataset that baselines are fitted on."""
        return next(iter(self.datasets.values()))

    @property
    def largest_first(self) -> list[Candidate]:
        """The candidates, the largest network first."""
        num_features = len(self.first.scaler.features)
        return sorted(
            self.candidates, key=lambda each: -each.experiment.num_parameters(num_features)
        )
