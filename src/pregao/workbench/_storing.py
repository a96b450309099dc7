"""Store the candidate of a benchmark as a run, with the baseline that is served in its place."""

from pathlib import Path

from pregao.registry import Run, ServedBaseline, save_run
from pregao.workbench._benchmark import BenchmarkResult
from pregao.workbench._prices import price_records


def store_run(home: Path, benchmark: BenchmarkResult) -> Run:
    """Store the candidate as a run; where it is not the champion, with the one that is served."""
    candidate, champion, prices = benchmark.candidate, benchmark.champion, benchmark.prices
    assert candidate.model is not None, "a candidate is a network or an average of some"
    served_baseline = None
    if champion.baseline is not None:
        served_baseline = ServedBaseline(
            benchmark.report.champion, champion.baseline, champion.serving
        )
    return save_run(
        home,
        candidate.model,
        benchmark.report,
        member_experiments=benchmark.member_experiments,
        forecaster=benchmark.report.candidate,
        data=price_records(prices),
        overridden=tuple(f.code for each in prices for f in each.quarantine),
        serving=candidate.serving,
        served_baseline=served_baseline,
        prices=[each.prices for each in prices],
    )
