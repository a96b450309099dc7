"""Listings of networks, recipes, features and limits, from the registries."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from fastapi import APIRouter
from pydantic import Field, ValidationError

from pregao.api._limits import Limits
from pregao.api._openapi import examples, problems
from pregao.api._problems import RequestRefusedError, faults_from_validation
from pregao.api._services import ServicesDep
from pregao.dataset import FEATURE_SETS, FEATURES
from pregao.errors import Fault, InputError, InvalidNetworkError
from pregao.jobs import SIZE_LIMITS
from pregao.texts import gettext_lazy as _
from pregao.training import DEFAULT_HORIZON, RECIPES, Actions, Experiment, list_networks
from pregao.values import Value
from pregao.zoo.networks import Network, Part, network_name

router = APIRouter(prefix="/v1", tags=["catalogue"])

Name = Annotated[str, Field(max_length=120)]


class ListedRecipe(Value):
    """A named experiment."""

    name: str
    description: str
    experiment: Experiment
    networks: tuple[str, ...]


class ListedFeature(Value):
    """An input column."""

    name: str
    description: str
    warmup_sessions: int
    needs_order_book: bool
    sets: tuple[str, ...]


class MeasureRequest(Value):
    """A network and the experiment fields that determine its size."""

    network: Name | dict[str, Any] = Field(
        description="a name of /v1/networks, or a spec as there and in /v1/experiment-schema"
    )
    features: Name | tuple[Name, ...] = Field(
        default="scale_free", description="of /v1/features, or the name of a set of them"
    )
    lookback: int = Field(default=60, description="sessions a window looks back")
    horizon: int = Field(default=DEFAULT_HORIZON, description="sessions ahead")
    loss: Name = "pinball"
    steps: Name = "each"
    actions: Actions | None = None

    def to_experiment(self) -> Experiment:
        """Return an experiment with this network.

        Raises
        ------
        Refusal
            With everything that is wrong, and where in the spec it is.
        UnknownNameError
            If a name of a network or of a feature is all that is wrong.
        """
        fields = {**dict(self), "symbols": ("SP500",)}
        try:
            return Experiment.model_validate(fields)
        except ValidationError as error:
            found = error.errors(include_url=False)
            cause = found[0].get("ctx", {}).get("error")
            if len(found) == 1 and isinstance(cause, InputError):
                raise cause from None
            placed = [
                {**each, "loc": _without_discriminators(each["loc"], fields)} for each in found
            ]
            detail = _("the network cannot be measured: see the reasons")
            raise RequestRefusedError(
                "invalid-experiment", detail, faults_from_validation(placed)
            ) from None


class NetworkSize(Value):
    """The number of parameters of a network, in total and by part."""

    name: str = Field(description="of the zoo or of a plug-in, else custom")
    network: Network = Field(description="its whole spec, with every default")
    num_features: int
    parameters: int = Field(description="those of the parts, which is all that training changes")
    parts: tuple[Part, ...] = Field(description="in the order in which a window passes them")

    @classmethod
    def measure(cls, experiment: Experiment) -> Self:
        """Measure the network of an experiment.

        Raises
        ------
        Refusal
            If it cannot be built, or would be too large.
        """
        num_features = len(experiment.features)
        try:
            parts = experiment.parts(num_features)
        except InvalidNetworkError as error:
            at = f"network.{error.at}".rstrip(".")
            raise RequestRefusedError("invalid-input", error, (Fault(at, error),)) from None
        return cls(
            name=network_name(experiment.network),
            network=experiment.network,
            num_features=num_features,
            parameters=experiment.num_parameters(num_features),
            parts=parts,
        )


_BY_NAME = {"network": "gru_classic", "lookback": 60}
_OWN_LAYERS = [
    {"kind": "convolution", "width": 16},
    {"kind": "recurrent", "cell": "gru", "width": 32, "skip": "dense"},
]
_OWN = {"network": {"kind": "stack", "layers": _OWN_LAYERS, "head": [16]}, "features": "technical"}


@router.post(
    "/networks/measure",
    responses=problems("invalid-experiment", "invalid-input", "unknown-name"),
)
def measure(body: Annotated[MeasureRequest, examples(by_name=_BY_NAME, own=_OWN)]) -> NetworkSize:
    """Count the parameters of a network, part by part; nothing is trained or stored."""
    return NetworkSize.measure(body.to_experiment())


def _without_discriminators(
    location: tuple[int | str, ...], sent: Mapping[str, Any]
) -> tuple[int | str, ...]:
    """Drop the discriminators that pydantic adds to the location of an error.

    >>> layer = {"kind": "recurrent", "width": 0}
    >>> sent = {"network": {"kind": "stack", "layers": [layer]}}
    >>> _without_discriminators(("network", "stack", "layers", 0, "recurrent", "width"), sent)
    ('network', 'layers', 0, 'width')
    >>> _without_discriminators(("network", "stack", "layers", 0, "recurrent", "cell"), sent)
    ('network', 'layers', 0, 'cell')
    """
    found: list[int | str] = []
    here: Any = sent
    for each in location:
        if isinstance(here, Mapping) and here.get("kind") == each and each not in here:
            continue
        found.append(each)
        try:
            here = here[each]
        except (LookupError, TypeError):
            here = None
    return tuple(found)


@router.get("/networks")
def networks() -> list[dict[str, Any]]:
    """List the networks of the zoo, and of plug-ins, with their sizes."""
    return [each.model_dump(mode="json", exclude_none=True) for each in list_networks()]


@router.get("/recipes")
def recipes() -> list[ListedRecipe]:
    """List the named experiments: the default, and those of earlier systems."""
    return [
        ListedRecipe(
            name=each.name,
            description=each.description,
            experiment=each.experiment,
            networks=tuple(each.networks),
        )
        for each in RECIPES.values()
    ]


@router.get("/features")
def features() -> list[ListedFeature]:
    """List the features, the inputs of networks."""
    return [
        ListedFeature(
            name=each.name,
            description=each.description,
            warmup_sessions=each.warmup_sessions,
            needs_order_book=each.needs_order_book,
            sets=tuple(name for name, members in FEATURE_SETS.items() if each.name in members),
        )
        for each in FEATURES.values()
    ]


@router.get("/experiment-schema")
def experiment_schema() -> dict[str, Any]:
    """Return the JSON schema of an experiment: every field, its range, its purpose."""
    return Experiment.model_json_schema()


@router.get("/limits")
async def limits(services: ServicesDep) -> Limits:
    """Return the limits of requests and jobs."""
    return Limits(requests=services.limits, jobs=services.workbench.jobs.limits, sizes=SIZE_LIMITS)
