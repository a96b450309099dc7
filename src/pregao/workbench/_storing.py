"""Store the candidate of a benchmark as a run, with the baseline that is served in its place."""

from pathlib import Path

from pregao.registry import InPlace, Run, save_run
from pregao.workbench._benchmark import BenchmarkResult
from pregao.workbench._prices import price_records


def store_run(home: Path, benchmark: BenchmarkResult) -> Run:
    """Store the candidate as a run; where it is not the champion, with the one that is served."""
    candidate, champion, prices = benchmark.candidate, benchmark.champion, benchmark.prices
    assert candidate.model is not None, "a candidate is a network or an average of some"
    in_place = None
    if champion.baseline is not None:
        in_place = InPlace(benchmark.report.champion, champion.baseline, champion.serving)
    return save_run(
        home,
        candidate.model,
        benchmark.report,
        made_from=benchmark.made_from,
        forecaster=benchmark.report.candidate,
        data=price_records(prices),
        overridden=tuple(f.code for each in prices for f in each.quarantine),
        serving=candidate.serving,
        in_place=in_place,
        prices=[each.prices for each in prices],
    )
