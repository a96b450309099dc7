"""The page that starts trainings: recipes, a form out of the schema, networks by category."""

from datetime import datetime
from itertools import groupby
from typing import Any

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from pregao.api import Services, ServicesDep
from pregao.dashboard._form import (
    ASKED,
    RANKED,
    SEARCHED,
    FieldGroup,
    Knob,
    asked_group,
    experiment_groups,
    knobs,
    values_of,
)
from pregao.dashboard._instruments import Stated
from pregao.dashboard._requests import Page, answered
from pregao.dataset import FEATURE_SETS
from pregao.inference import Edge
from pregao.instruments import Symbol, spell_symbol
from pregao.jobs import Job, JobKindName, JobProgress, JobState
from pregao.presentation import TEXTS, jobs_table
from pregao.training import RECIPES, Experiment, Recipe, find_recipe, list_networks
from pregao.values import Text, Value, bilingual
from pregao.workbench import MODES
from pregao.zoo.networks import ZOO, current_name, find_network, network_name

router = APIRouter(include_in_schema=False)

MOST_JOBS = 20
SAMPLE_SYMBOL = "SP500"
_SAMPLE = {"symbols": [SAMPLE_SYMBOL], "source": "sample", "network": "lstm_small", "epochs": 10}
"""Enough to see a network learn what there is to learn, in less than a minute on two cores."""
_API_SOURCE = {"source": "live"}
"""Where the API takes prices from that nobody names a source for."""

Fields = dict[str, Any]


class NetworkChoice(Value):
    """A network that may be chosen."""

    name: str
    number: int | None
    parameters: int = Field(description="with the default features, lookback and horizon")
    about: Text


class Category(Value):
    """Networks of one kind."""

    name: str
    title: Text
    networks: tuple[NetworkChoice, ...]


class RecipeChoice(Value):
    """A named experiment."""

    name: str
    about: Text
    fields: Fields = Field(description="of its experiment; the network by its name, if it has one")
    networks: tuple[str, ...] = Field(description="what a sweep of it ranks; none is the zoo")


class JobLine(Value):
    """A job's line."""

    id: str
    kind: JobKindName
    state: JobState
    created: datetime
    symbols: tuple[str, ...]
    network: str | None = Field(description="of a training")
    num_networks: int | None = Field(description="of a sweep or a search")
    progress: JobProgress
    seconds: float | None = Field(description="from its start to its end; null until then")
    run: str | None
    champion: str | None
    edge: Edge | None


class TrainingPage(Value):
    """What the page of trainings shows."""

    is_sample: bool = Field(description="whether everything is filled in for a first try")
    recipe: str | None
    values: Fields = Field(description="what the form begins with, by place")
    defaults: Fields = Field(description="of an experiment that no recipe is asked for")
    fast: Fields = Field(description="what a fast sweep lays over them")
    recipes: tuple[RecipeChoice, ...]
    groups: tuple[FieldGroup, ...]
    searched: FieldGroup
    ranked: FieldGroup
    asked: FieldGroup
    knobs: tuple[Knob, ...]
    feature_sets: dict[str, tuple[str, ...]]
    categories: tuple[Category, ...]
    symbols: tuple[str, ...] = Field(description="whose prices are at hand")
    zoo: tuple[str, ...] = Field(description="what is ranked where no network is named")
    jobs: tuple[JobLine, ...] = Field(description="the newest first")


@router.get("/training")
@router.get("/advanced-training")
def training(
    request: Request,
    services: ServicesDep,
    *,
    sample: str = "",
    symbol: str = "",
    exchange: Stated = "",
    currency: Stated = "",
    recipe: str = "",
    network: str = "",
) -> Response:
    """Show the form and the newest jobs."""
    page = training_page(
        services,
        is_sample=sample == "1",
        symbol=spell_symbol(symbol, exchange, currency) if symbol else "",
        recipe=recipe,
        network=network,
    )
    jobs = jobs_table(services.workbench.jobs.jobs(limit=MOST_JOBS))
    return answered(request, "training", lambda _: Page(page, {"jobs": jobs}))


def training_page(
    services: Services,
    *,
    is_sample: bool = False,
    symbol: str = "",
    recipe: str = "",
    network: str = "",
) -> TrainingPage:
    """Gather the form, filled in as it was asked for.

    Raises
    ------
    UnknownNameError, InvalidSymbolError
        For a recipe, a network or a ticker that is none.
    """
    defaults = _defaults()
    chosen = _recipe_choice(find_recipe(recipe)).fields if recipe else defaults
    fields = {**chosen, **(_SAMPLE if is_sample else {})}
    if symbol:
        fields["symbols"] = [str(Symbol.parse(symbol))]
    if network:
        find_network(network)
        fields["network"] = current_name(network)
    groups = experiment_groups()
    searched, ranked = asked_group("searched", SEARCHED), asked_group("ranked", RANKED)
    asked = asked_group("asked", ASKED)
    return TrainingPage(
        is_sample=is_sample,
        recipe=recipe or None,
        values=values_of((*groups, searched, ranked, asked), fields),
        defaults=defaults,
        fast=dict(MODES["fast"]),
        recipes=tuple(map(_recipe_choice, RECIPES.values())),
        groups=groups,
        searched=searched,
        ranked=ranked,
        asked=asked,
        knobs=knobs(),
        feature_sets=FEATURE_SETS,
        categories=_categories(),
        symbols=tuple(services.quotes.sources()),
        zoo=tuple(ZOO),
        jobs=tuple(map(line_of, services.workbench.jobs.jobs(limit=MOST_JOBS))),
    )


def line_of(job: Job) -> JobLine:
    """Sum up a job in a line."""
    return JobLine(
        id=job.id,
        kind=job.kind,
        state=job.state,
        created=job.created,
        symbols=job.request.symbols,
        network=job.request.network,
        num_networks=job.request.num_networks,
        progress=job.progress,
        seconds=(job.finished - job.started).total_seconds()
        if job.finished and job.started
        else None,
        run=job.result.run if job.result else None,
        champion=job.result.champion if job.result else None,
        edge=job.result.edge if job.result else None,
    )


def _defaults() -> Fields:
    """Return the default experiment of the API, given only the symbols."""
    fields = _fields_of(Experiment(symbols=(SAMPLE_SYMBOL,)))
    return {**fields, **_API_SOURCE, "symbols": []}


def _fields_of(experiment: Experiment) -> Fields:
    name = network_name(experiment.network)
    network = None if name == "custom" else name
    return {**experiment.model_dump(mode="json"), "network": network}


def _recipe_choice(recipe: Recipe) -> RecipeChoice:
    about = bilingual(recipe.description)
    return RecipeChoice(
        name=recipe.name,
        about=about,
        fields={**_fields_of(recipe.experiment), **_API_SOURCE},
        networks=tuple(recipe.networks),
    )


def _categories() -> tuple[Category, ...]:
    return tuple(
        Category(
            name=name,
            title=_of_plots(f"category_{name}"),
            networks=tuple(
                NetworkChoice(
                    name=each.name,
                    number=each.number,
                    parameters=each.parameters,
                    about=bilingual(each.description),
                )
                for each in listed
            ),
        )
        for name, listed in groupby(list_networks(), key=lambda each: each.category)
    )


def _of_plots(key: str) -> Text:
    return Text(en=TEXTS["en"][key], pt_br=TEXTS["pt"][key])
