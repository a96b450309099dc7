"""Problems in the OpenAPI document: those of each route, by status."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from fastapi import Body, FastAPI

from pregao.api._problems import KINDS, PROBLEM_JSON, Kind, Problem

Answers = dict[int | str, dict[str, Any]]

STORED = ("busy", "database-unavailable")
"""The problems of routes that query the database."""
QUOTED = ("unknown-symbol", "invalid-symbol", "provider", "busy")
"""The problems of routes that read prices."""

_ANY = ("host-not-allowed", "internal")
_CHANGING = ("origin-not-allowed", "too-large", "too-slow", "unsupported-media")
_FASTAPIS = ("HTTPValidationError", "ValidationError")
_SCHEMAS = "#/components/schemas/"
_KEYS: dict[str, dict[str, str]] = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
}


def examples(**bodies: object) -> Any:
    """Document example bodies by name; a test sends each of them."""
    shown: dict[str, Any] = {name: {"value": each} for name, each in bodies.items()}
    return Body(openapi_examples=shown)


def problems(*names: str) -> Answers:
    """Document the problems of a route, beside those of every route."""
    by_status: defaultdict[int | str, list[Kind]] = defaultdict(list)
    for name in names:
        by_status[KINDS[name].status].append(KINDS[name])
    return {status: _answer(kinds) for status, kinds in by_status.items()}


class ApiApp(FastAPI):
    """An application whose OpenAPI document lists every response of each route.

    Each room that mounts routes adds those that are special to the sets below.
    """

    def __init__(self, **fields: Any) -> None:
        super().__init__(**fields)
        self.keyless_posts: set[str] = set()
        """Paths whose POST changes nothing and needs no key."""
        self.quiet_routes: set[str] = set()
        """Routes that are requested all the time: neither logged nor traced."""

    def openapi(self) -> dict[str, Any]:
        """Return the document; FastAPI keeps it, and adding to it twice changes nothing."""
        document = super().openapi()
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                _tell(operation, method, is_free=method == "get" or path in self.keyless_posts)
        components = document.setdefault("components", {})
        schemas = components.setdefault("schemas", {})
        for name in _FASTAPIS:
            schemas.pop(name, None)
        schemas |= _problem_schemas()
        components["securitySchemes"] = _KEYS
        return document


def _tell(operation: dict[str, Any], method: str, *, is_free: bool) -> None:
    answers = operation["responses"]
    told = [*_ANY, *(_CHANGING if method != "get" else ())]
    if any(each in str(answers.get("422", "")) for each in _FASTAPIS):
        del answers["422"]
    if operation.get("parameters") or "requestBody" in operation:
        told.append("invalid-request")
    if not is_free:
        told.append("key-required")
        # Without keys, which only this machine may be served without, none is asked for.
        operation["security"] = [*({name: []} for name in _KEYS), {}]
    for name in told:
        _add(answers, KINDS[name])


def _add(answers: dict[str, Any], kind: Kind) -> None:
    answer = answers.setdefault(str(kind.status), _answer([kind]))
    answer.setdefault("content", {}).setdefault(PROBLEM_JSON, _content())
    if kind.name not in answer["description"]:
        answer["description"] += "; " + _text(kind)


def _answer(kinds: Iterable[Kind]) -> dict[str, Any]:
    return {
        "description": "; ".join(map(_text, kinds)),
        "content": {PROBLEM_JSON: _content()},
    }


def _text(kind: Kind) -> str:
    return f"{kind.title} ({kind.name})"


def _content() -> dict[str, Any]:
    return {"schema": {"$ref": f"{_SCHEMAS}Problem"}}


def _problem_schemas() -> dict[str, Any]:
    schema = Problem.model_json_schema(ref_template=_SCHEMAS + "{model}")
    return {**schema.pop("$defs"), "Problem": schema}
