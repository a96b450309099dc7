"""The registry of job kinds: every kind can be parsed, checked, done and shown."""

import pytest
from pydantic import ValidationError

from pregao.jobs import JOB_KINDS, FetchRequest, Job, SearchRequest, SweepRequest, parse_request
from pregao.training import Experiment
from pregao.training.search import Search
from pregao.worker._work import WORK
from pregao.zoo.networks import ZOO

PETR4 = Experiment(symbols=("PETR4",))


def test_every_kind_of_job_has_its_work():
    assert set(JOB_KINDS) == set(WORK)


def test_every_kind_is_listed_under_the_name_that_its_requests_carry():
    for name, kind in JOB_KINDS.items():
        assert name == kind.name
        assert name == kind.request.model_fields["kind"].default


def test_every_heading_has_a_blank_for_the_symbols_in_both_languages():
    for kind in JOB_KINDS.values():
        assert "{symbols}" in kind.heading.en
        assert "{symbols}" in kind.heading.pt_br


def test_the_schema_of_a_job_allows_exactly_the_listed_kinds():
    properties = Job.model_json_schema()["properties"]

    assert list(JOB_KINDS) == properties["kind"]["enum"]
    assert set(JOB_KINDS) == set(properties["request"]["discriminator"]["mapping"])


def test_an_unknown_kind_of_request_is_refused():
    with pytest.raises(ValidationError, match="brew"):
        parse_request('{"kind": "brew"}')


def test_a_request_names_its_symbols_and_counts_its_networks():
    fetch = FetchRequest(symbol="petr4.sa")
    sweep = SweepRequest(experiment=PETR4)
    entries = {"gru_classic": "gru_classic", "tcn": "tcn"}
    search = SearchRequest(search=Search(experiment=PETR4, entries=entries), budget_seconds=60)

    assert (("PETR4",), None, 0.0) == (fetch.symbols, fetch.num_networks, fetch.extra_seconds)
    assert (("PETR4",), len(ZOO), 0.0) == (sweep.symbols, sweep.num_networks, sweep.extra_seconds)
    assert (("PETR4",), 2, 60.0) == (search.symbols, search.num_networks, search.extra_seconds)
