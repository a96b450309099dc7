"""`pregao serve` without a worker that kills itself: dying_server.py POINT [ARGUMENT ...]."""

import os
import sys
from pathlib import Path

from dying import arm

from pregao.cli import run


def main(point: str, *arguments: str) -> None:
    arm(Path(os.environ["PREGAO_HOME"]), point)
    sys.argv = ["pregao", "serve", "--no-worker", *arguments]
    run()


if __name__ == "__main__":
    main(*sys.argv[1:])
