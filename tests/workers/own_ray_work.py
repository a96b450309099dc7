"""Every promise of an engine on a Ray of this process's own, as one JSON value on the last line."""

import json
import traceback

from pregao.errors import EngineUnavailableError
from pregao.testing import ENGINE_CONTRACT
from pregao.training.engines import Ray


def told(engine: Ray) -> str:
    """Open a pool that cannot be had; give what is said of it."""
    try:
        with engine.pool(None):
            return "nothing"
    except EngineUnavailableError as error:
        return str(error)


def main() -> None:
    found = {}
    with Ray(num_workers=2).pool(None):
        for name, promise in ENGINE_CONTRACT.items():
            try:
                promise(Ray(num_workers=2))
                found[name] = "kept"
            except BaseException:  # noqa: BLE001 - the test shows it
                found[name] = traceback.format_exc()
        found["joins another"] = told(Ray("10.0.0.5:6379"))
        found["asks for GPUs"] = told(Ray(gpus_per_worker=1000))
    found["joins later"] = told(Ray("10.0.0.5:6379"))
    print(json.dumps(found))  # noqa: T201 - the test reads it


if __name__ == "__main__":
    main()
