# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare the published request schemas of the services with the collection's, by field.

Prints the differences as Markdown, for an issue. Exit status 0: no differences; 1: differences; 2:
a description could not be read. With ``--report`` the text is written to a file, which is empty
without differences, and the status is 0 in both cases. ``--sevalla`` and ``--laravel-cloud`` set
another URL or file than the published OpenAPI description of the service.
"""

from __future__ import annotations

import argparse
import json
import re
import runpy
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from places import ROOT

Schema = dict[str, Any]

MODULE_UTILS = ROOT / "plugins" / "module_utils"
LIMITS = ("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems")
# What generators of descriptions write for "no limit": the largest integer of JavaScript.
NO_LIMIT = 2**53 - 1
# Deeper than any body; the limit for recursive schemas.
DEEPEST = 12


@dataclass(frozen=True)
class Operation:
    """One request: where its service describes it, and our schema for its body."""

    service: str
    method: str
    path: str
    file: str
    schema: str

    def __str__(self) -> str:
        return f"{self.service} {self.method.upper()} {self.path}"


# The URL at which each service publishes its description.
DESCRIPTIONS = {
    "Sevalla": "https://api.sevalla.com/v3/openapi.json",
    "Laravel Cloud": "https://cloud.laravel.com/api-docs/api.json",
}
OPERATIONS = (
    Operation(
        "Sevalla",
        "post",
        "/applications/{}/processes",
        "_sevalla/process_schema.py",
        "CREATE_PROCESS",
    ),
    Operation(
        "Sevalla",
        "patch",
        "/applications/{}/processes/{}",
        "_sevalla/process_schema.py",
        "UPDATE_PROCESS",
    ),
    Operation(
        "Laravel Cloud",
        "post",
        "/instances/{}/background-processes",
        "_laravel_cloud/process_schema.py",
        "CREATE_BACKGROUND_PROCESS",
    ),
    Operation(
        "Laravel Cloud",
        "patch",
        "/background-processes/{}",
        "_laravel_cloud/process_schema.py",
        "UPDATE_BACKGROUND_PROCESS",
    ),
)

# Intended differences, by service, field and fact, with the reason.
KNOWN = {
    ("Laravel Cloud", "command", "minLength"): "from the vendor's Terraform provider",
    ("Laravel Cloud", "command", "maxLength"): "from the vendor's Terraform provider",
    ("Laravel Cloud", "config.connection", "minLength"): "an empty one names no connection",
    ("Laravel Cloud", "config.queue", "minLength"): "an empty one names no queue",
}


class UnreadableError(Exception):
    """A description that cannot be read or is invalid; the text says why."""


@dataclass(frozen=True)
class Field:
    """What a schema says about one field, with all its alternatives combined.

    ``types`` contains ``null`` if null is allowed; ``choices`` is empty if any value is allowed.
    """

    types: frozenset[str]
    choices: frozenset[str]
    limits: tuple[tuple[str, Any], ...]
    required: bool
    deprecated: bool

    def facts(self) -> dict[str, str]:
        """Return each fact by its display name."""
        facts = {
            "type": " or ".join(sorted(self.types)),
            "choices": ", ".join(sorted(self.choices)),
            "required": "yes" if self.required else "no",
            "deprecated": "yes" if self.deprecated else "no",
        }
        return {**facts, **{name: str(limit) for name, limit in self.limits}}


@dataclass(frozen=True)
class Difference:
    """One fact about one field that differs; both sides in display form, "" for none."""

    field: str
    fact: str
    described: str
    ours: str

    def __str__(self) -> str:
        if self.fact == "field":
            side = "the description" if self.described else "the collection"
            return f"`{self.field}` is only in {side} ({self.described or self.ours})"
        return (
            f"`{self.field}`: {self.fact} is {self.described or 'not given'} in the description,"
            f" {self.ours or 'not given'} in the collection"
        )


def fields(schema: Schema, document: Schema) -> dict[str, Field]:
    """Return every field of a body by its path, like ``scaling_strategy.config.instanceCount``.

    References are resolved in the document; a list item has ``[]`` in its path.
    """
    found: dict[str, Field] = {}
    _collect(list(_alternatives(schema, document)), document, "", found)
    return found


def differences(described: dict[str, Field], ours: dict[str, Field]) -> list[Difference]:
    """List the differences, in the order of the paths.

    If only one side has an object, its fields are not listed.
    """
    found: list[Difference] = []
    for path in sorted({*described, *ours}):
        one, other = described.get(path), ours.get(path)
        if one and other:
            said, had = one.facts(), other.facts()
            found += [
                Difference(path, fact, said.get(fact, ""), had.get(fact, ""))
                for fact in sorted({*said, *had})
                if said.get(fact, "") != had.get(fact, "")
            ]
        elif not any(
            path.startswith((f"{each.field}.", f"{each.field}[]"))
            for each in found
            if each.fact == "field"
        ):
            texts = ["" if side is None else side.facts()["type"] for side in (one, other)]
            found.append(Difference(path, "field", *texts))
    return found


def _collect(
    alternatives: list[Schema], document: Schema, path: str, found: dict[str, Field]
) -> None:
    """Add the fields below a path to ``found``."""
    if path.count(".") > DEEPEST:
        return
    below: dict[str, list[Schema]] = {}
    needed: dict[str, bool] = {}
    for alternative in alternatives:
        for name, schema in alternative.get("properties", {}).items():
            below.setdefault(name, []).extend(_alternatives(schema, document))
            needed[name] = needed.get(name, True) and name in alternative.get("required", ())
        if "items" in alternative:
            below.setdefault("[]", []).extend(_alternatives(alternative["items"], document))
    for name, schemas in below.items():
        inside = f"{path}[]" if name == "[]" else f"{path}.{name}".lstrip(".")
        found[inside] = _field(schemas, needed.get(name, False))
        _collect(schemas, document, inside, found)


def _field(alternatives: list[Schema], required: bool) -> Field:
    """Combine the alternatives of one field."""
    types: set[str] = set()
    choices: set[str] = set()
    any_value = False
    limits: dict[str, set[Any]] = {}
    for alternative in alternatives:
        types |= _types(alternative)
        if _types(alternative) == {"null"}:
            continue
        allowed = [value for value in _choices(alternative) if value is not None]
        choices |= {json.dumps(value) for value in allowed}
        any_value = any_value or not allowed
        for name in LIMITS:
            limit = alternative.get(name)
            limits.setdefault(name, set()).add(None if limit in (NO_LIMIT, -NO_LIMIT) else limit)
    return Field(
        types=frozenset(types),
        choices=frozenset() if any_value else frozenset(choices),
        limits=tuple(
            (name, values.pop() if len(values) == 1 else " or ".join(sorted(map(str, values))))
            for name, values in sorted(limits.items())
            if values != {None}
        ),
        required=required,
        deprecated=any(alternative.get("deprecated") for alternative in alternatives),
    )


def _choices(schema: Schema) -> list[Any]:
    """Return the values that a simple schema names."""
    return [schema["const"]] if "const" in schema else list(schema.get("enum", ()))


def _types(schema: Schema) -> set[str]:
    """Return the types that a simple schema allows."""
    stated = schema.get("type")
    types = {stated} if isinstance(stated, str) else set(stated or ())
    values = _choices(schema)
    if not types and values:
        types = {_type_of(value) for value in values}
    if not types and "properties" in schema:
        types = {"object"}
    if schema.get("nullable") or None in values:
        types.add("null")
    return types


def _type_of(value: Any) -> str:
    """Return JSON Schema's name of a value's type."""
    names = {str: "string", bool: "boolean", int: "integer", float: "number"}
    return names.get(value.__class__, "null" if value is None else "object")


def _alternatives(schema: Schema, document: Schema, depth: int = 0) -> Iterator[Schema]:
    """Yield the simple schemas that a schema consists of: without references and combinations."""
    if depth > DEEPEST:
        return
    rest = dict(schema)
    if "$ref" in rest:
        target = _resolve(rest.pop("$ref"), document)
        yield from _alternatives({"allOf": [target], **rest}, document, depth + 1)
        return
    condition = rest.pop("if", None)
    branches = [rest.pop(name, {}) for name in ("then", "else")]
    if condition is not None:
        rest = {"allOf": [*rest.pop("allOf", []), {"anyOf": branches}], **rest}
    choices: list[list[Schema]] = [[each] for each in rest.pop("allOf", [])]
    choices += [rest.pop(name) for name in ("oneOf", "anyOf") if name in rest]
    if not choices:
        yield rest
        return
    combined = [rest]
    for choice in choices:
        expanded = [
            simple for each in choice for simple in _alternatives(each, document, depth + 1)
        ]
        combined = [_merged(one, other) for one in combined for other in expanded]
    yield from combined


def _merged(one: Schema, other: Schema) -> Schema:
    """Return a schema that requires what both require."""
    merged = {**one, **other}
    properties = dict(one.get("properties", {}))
    for name, schema in other.get("properties", {}).items():
        properties[name] = {"allOf": [properties[name], schema]} if name in properties else schema
    if properties:
        merged["properties"] = properties
    required = [*one.get("required", ()), *other.get("required", ())]
    if required:
        merged["required"] = required
    return merged


def _resolve(reference: str, document: Schema) -> Schema:
    """Resolve a reference inside the document."""
    found: Any = document
    for part in reference.removeprefix("#/").split("/"):
        try:
            found = found[part.replace("~1", "/").replace("~0", "~")]
        except (KeyError, TypeError):
            raise UnreadableError(f"there is nothing at {reference}") from None
    return dict(found)


def described_body(operation: Operation, document: Schema) -> Schema | None:
    """Return the schema of a request's JSON body, or None if there is no such request."""
    for path, methods in document.get("paths", {}).items():
        if re.sub(r"{[^}]*}", "{}", path) == operation.path and operation.method in methods:
            body = methods[operation.method].get("requestBody", {})
            if "$ref" in body:
                body = _resolve(body["$ref"], document)
            for kind, content in body.get("content", {}).items():
                if "json" in kind:
                    return dict(content["schema"])
    return None


def our_body(operation: Operation) -> Schema:
    """Return the collection's schema for an operation."""
    return dict(runpy.run_path(str(MODULE_UTILS / operation.file))[operation.schema])


def read(source: str) -> Schema:
    """Read a description from a URL or a file; raise UnreadableError."""
    try:
        if source.startswith("https://"):
            answer = requests.get(source, timeout=60, headers={"Accept": "application/json"})
            answer.raise_for_status()
            text = answer.text
        else:
            text = Path(source).read_text()
        document = json.loads(text)
    except (OSError, ValueError) as error:
        raise UnreadableError(f"{source}: {error}") from None
    if not isinstance(document, dict) or "paths" not in document:
        raise UnreadableError(f"{source} is no OpenAPI description")
    return document


def report(operations: Iterable[Operation], documents: dict[str, Schema]) -> str:
    """Compare operations with the descriptions of their services; return "" without differences."""
    parts = []
    gone = dict(KNOWN)
    for operation in operations:
        document = documents[operation.service]
        body = described_body(operation, document)
        if body is None:
            parts.append(f"## {operation}\n\n- is no longer described, or takes no JSON\n")
            continue
        lines = []
        for each in differences(fields(body, document), fields(our_body(operation), {})):
            known = (operation.service, each.field, each.fact)
            gone.pop(known, None)
            if known not in KNOWN:
                lines.append(f"- {each}\n")
        if lines:
            parts.append(f"## {operation}\n\n{''.join(lines)}")
    if gone and not parts:
        lines = [f"- {service} `{field}`: {fact}\n" for service, field, fact in gone]
        parts.append(f"## Known differences that are no more\n\n{''.join(lines)}")
    return "\n".join(parts)


def main() -> int:
    """Read both descriptions and print the differences."""
    parser = argparse.ArgumentParser(description=__doc__)
    for service, address in DESCRIPTIONS.items():
        name = service.lower().replace(" ", "-")
        parser.add_argument(f"--{name}", dest=service, default=address, metavar="ADDRESS")
    parser.add_argument("--report", metavar="FILE", help="write what differs there")
    options = vars(parser.parse_args())
    try:
        text = report(OPERATIONS, {service: read(options[service]) for service in DESCRIPTIONS})
    except UnreadableError as error:
        print(f"schema_drift: {error}", file=sys.stderr)
        return 2
    if options["report"]:
        Path(options["report"]).write_text(text)
        return 0
    print(text, end="")
    return 1 if text else 0


if __name__ == "__main__":
    sys.exit(main())
