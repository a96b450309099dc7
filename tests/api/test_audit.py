"""What a server does with what it is sent, as the interpreter itself reports it."""

import json
import subprocess
import sys

import audited


def test_answering_unpickles_nothing_runs_no_code_of_others_and_loads_no_torch(served_home):
    done = subprocess.run(
        [sys.executable, audited.__file__, str(served_home)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert 0 == done.returncode, done.stderr[-3000:]
    said = json.loads(done.stdout.splitlines()[-1])
    assert [] == said["seen"]
    assert not said["had_torch"]
    assert said["sees"] >= 2, "what it should see it sees"
    assert max(said["statuses"]) < 500
    malformed = {400} & set(said["documented"])  # the form of errors on the earlier paths
    assert {200, 202, 415, 422} | malformed <= set(said["statuses"])
