"""Problems in the OpenAPI document: those of each route, by status."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from fastapi import Body, FastAPI

from pregao.api._problems import PROBLEM_JSON, PROBLEM_KINDS, Problem, ProblemKind

_READS_PRICES = ("unknown-symbol", "invalid-symbol", "provider", "busy")
_USES_DATABASE = ("busy", "database-unavailable")
_EVERY_ROUTE = ("host-not-allowed", "internal")
_NOT_GET = ("origin-not-allowed", "too-large", "too-slow", "unsupported-media")
_OWN_OF_FASTAPI = ("HTTPValidationError", "ValidationError")
_SCHEMAS = "#/components/schemas/"
_KEYS: dict[str, dict[str, str]] = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
}


def examples(**bodies: object) -> Any:
    """Document example bodies by name; a test sends each of them."""
    examples: dict[str, Any] = {name: {"value": each} for name, each in bodies.items()}
    return Body(openapi_examples=examples)


def problems(
    *names: str, reads_prices: bool = False, uses_database: bool = False
) -> dict[int | str, dict[str, Any]]:
    """Document the kinds of problems of a route, beside those that every route has.

    Parameters
    ----------
    names
        Of `PROBLEM_KINDS`.
    reads_prices, uses_database
        Add the problems of prices or of the database.
    """
    first = _READS_PRICES if reads_prices else ()
    last = _USES_DATABASE if uses_database else ()
    by_status: defaultdict[int | str, list[ProblemKind]] = defaultdict(list)
    for name in (*first, *names, *last):
        by_status[PROBLEM_KINDS[name].status].append(PROBLEM_KINDS[name])
    return {status: _response(kinds) for status, kinds in by_status.items()}


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
        """Return the document; FastAPI keeps it, and a second call changes nothing."""
        document = super().openapi()
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                _document(operation, method, is_open=method == "get" or path in self.keyless_posts)
        components = document.setdefault("components", {})
        schemas = components.setdefault("schemas", {})
        for name in _OWN_OF_FASTAPI:
            schemas.pop(name, None)
        schemas |= _problem_schemas()
        components["securitySchemes"] = _KEYS
        return document


def _document(operation: dict[str, Any], method: str, *, is_open: bool) -> None:
    responses = operation["responses"]
    names = [*_EVERY_ROUTE, *(_NOT_GET if method != "get" else ())]
    if any(each in str(responses.get("422", "")) for each in _OWN_OF_FASTAPI):
        del responses["422"]
    if operation.get("parameters") or "requestBody" in operation:
        names.append("invalid-request")
    if not is_open:
        names.append("key-required")
        # A server without keys, which serves this machine alone, requires none.
        operation["security"] = [*({name: []} for name in _KEYS), {}]
    for name in names:
        _add(responses, PROBLEM_KINDS[name])


def _add(responses: dict[str, Any], kind: ProblemKind) -> None:
    response = responses.setdefault(str(kind.status), _response([kind]))
    response.setdefault("content", {}).setdefault(PROBLEM_JSON, _content())
    if kind.name not in response["description"]:
        response["description"] += "; " + _text(kind)


def _response(kinds: Iterable[ProblemKind]) -> dict[str, Any]:
    return {
        "description": "; ".join(map(_text, kinds)),
        "content": {PROBLEM_JSON: _content()},
    }


def _text(kind: ProblemKind) -> str:
    return f"{kind.title} ({kind.name})"


def _content() -> dict[str, Any]:
    return {"schema": {"$ref": f"{_SCHEMAS}Problem"}}


def _problem_schemas() -> dict[str, Any]:
    schema = Problem.model_json_schema(ref_template=_SCHEMAS + "{model}")
    return {**schema.pop("$defs"), "Problem": schema}
