"""The page that shows the OpenAPI document, without a script and without anybody else's server."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from fastapi import APIRouter, Request
from jinja2 import Environment, PackageLoader, select_autoescape
from starlette.responses import HTMLResponse

router = APIRouter(include_in_schema=False)

_PLAIN_LIST = re.compile(r"\[[^\[\]{}]*\]")
_BODIES = ("application/json", "multipart/form-data")


@router.get("/docs")
def docs(request: Request) -> HTMLResponse:
    """Show every operation, its parameters, its body and its examples."""
    document = request.app.openapi()
    page = (
        _templates()
        .get_template("docs.html.j2")
        .render(
            title=document["info"]["title"],
            summary=document["info"].get("summary", ""),
            version=document["info"]["version"],
            groups=_groups(document),
        )
    )
    return HTMLResponse(page)


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("pregao.dashboard", "pages"),
        autoescape=select_autoescape(default=True),
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _groups(document: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    groups: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            shown = _operation(document, path, method, operation)
            groups[operation.get("tags", ["other"])[0]].append(shown)
    return dict(groups)


def _operation(
    document: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any]
) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {})
    bodies = [content[kind] for kind in _BODIES if kind in content]
    # The name of an operation says little beside its path; what it does is the first sentence.
    does, _, more = operation.get("description", "").partition("\n\n")
    return {
        "path": path,
        "method": method,
        "summary": does,
        "description": more,
        "parameters": [
            {
                "name": each["name"],
                "where": each["in"],
                "description": each.get("description", ""),
            }
            for each in operation.get("parameters", [])
        ],
        "examples": [example for body in bodies for example in _examples(body)],
        "schemas": [schema for body in bodies for schema in _schemas(document, body)],
    }


def _examples(body: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    for name, example in body.get("examples", {}).items():
        text = json.dumps(example["value"], indent=2)
        # A list of plain values takes one line, which wraps: sixty closes are no page.
        lines = _PLAIN_LIST.sub(lambda found: " ".join(found[0].split()), text)
        yield {"name": name.replace("_", " "), "text": lines}


def _schemas(document: Mapping[str, Any], body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    schema = body.get("schema", {})
    for each in schema.get("anyOf", schema.get("oneOf", [schema])):
        name = str(each.get("$ref", "")).rpartition("/")[2]
        found = document["components"]["schemas"].get(name, each)
        fields = [
            {
                "name": field,
                "type": _type(about),
                "description": about.get("description", ""),
            }
            for field, about in found.get("properties", {}).items()
        ]
        yield {"name": name or found.get("title", ""), "fields": fields}


def _type(about: Mapping[str, Any]) -> str:
    if "$ref" in about:
        return str(about["$ref"]).rpartition("/")[2]
    if "anyOf" in about:
        return " or ".join(_type(each) for each in about["anyOf"])
    if about.get("type") == "array":
        return f"list of {_type(about.get('items', {}))}"
    if "enum" in about:
        return " or ".join(map(str, about["enum"]))
    return str(about.get("type", about.get("const", "any")))
