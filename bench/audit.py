"""How long the leak audit of the default experiment takes, and whether it is clean."""

import json

from _figures import run, show


def main() -> None:
    """Audit the sample data as a user would, on all cores and on one."""
    on_all = run("audit", "--json")
    audit = json.loads(on_all.output)
    show("audit of the default experiment, all cores", on_all.seconds, 60, "s")
    show("the same with one worker", run("audit", "--workers", "1", "--json").seconds, 120, "s")
    show("largest process", on_all.peak_process_mb, 1024, "MB")
    show("cutoffs of the whole pipeline", len(audit["cutoffs"]), 20, "", at_least=True)
    failed = [each["name"] for each in audit["checks"] if not each["passed"]]
    show("checks that found something", len(failed), 0, "")
    show("checks", len(audit["checks"]), 30, "", at_least=True)


if __name__ == "__main__":
    main()
