# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two versions of a service's description: every possible difference of a field is found."""

from __future__ import annotations

import copy
import json
import sys
from pathlib import Path
from typing import Any

import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools"
sys.path.insert(0, str(TOOLS))

import schema_drift  # noqa: E402
from schema_drift import Operation, UnreadableError, differences, fields, report  # noqa: E402

# The description of a bakery. It has every construct that descriptions use: references with
# siblings, null in each spelling, alternatives, and allOf.
FIRST: dict[str, Any] = {
    "openapi": "3.1.0",
    "paths": {
        "/bakeries/{bakery}/loaves": {
            "post": {
                "requestBody": {
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/NewLoaf"}}
                    }
                }
            }
        },
        "/loaves/{loaf}": {"get": {"responses": {}}},
    },
    "components": {
        "schemas": {
            "Grain": {"type": "string", "enum": ["rye", "wheat"]},
            "Named": {
                "type": "object",
                "required": ["name"],
                "properties": {"name": {"type": "string", "minLength": 1, "maxLength": 40}},
            },
            "NewLoaf": {
                "allOf": [
                    {"$ref": "#/components/schemas/Named"},
                    {
                        "type": "object",
                        "required": ["grain"],
                        "properties": {
                            "grain": {
                                "$ref": "#/components/schemas/Grain",
                                "description": "What it is made of.",
                            },
                            "grams": {"type": "integer", "minimum": 1, "maximum": 2**53 - 1},
                            "salt": {"anyOf": [{"type": "number"}, {"type": "null"}]},
                            "seeds": {"type": "array", "items": {"type": "string"}},
                            "baking": {
                                "type": "object",
                                "properties": {
                                    "oven": {"type": ["string", "null"], "enum": ["gas", None]},
                                    "minutes": {"type": "integer", "nullable": True},
                                },
                            },
                            "shape": {
                                "oneOf": [
                                    {
                                        "type": "object",
                                        "required": ["kind", "length"],
                                        "properties": {
                                            "kind": {"const": "long"},
                                            "length": {"type": "integer"},
                                        },
                                    },
                                    {
                                        "type": "object",
                                        "required": ["kind"],
                                        "properties": {
                                            "kind": {"const": "round"},
                                            "cut": {"type": "boolean"},
                                        },
                                    },
                                ]
                            },
                        },
                    },
                ]
            },
        }
    },
}
# The same body in another spelling.
OURS: dict[str, Any] = {
    "type": "object",
    "required": ["grain", "name"],
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 40},
        "grain": {"enum": ["wheat", "rye"]},
        "grams": {"type": "integer", "minimum": 1},
        "salt": {"type": ["number", "null"]},
        "seeds": {"type": "array", "items": {"type": "string"}},
        "baking": {
            "type": "object",
            "properties": {
                "oven": {"enum": ["gas", None]},
                "minutes": {"type": ["integer", "null"]},
            },
        },
        "shape": {
            "type": "object",
            "required": ["kind"],
            "properties": {"kind": {"type": "string", "enum": ["long", "round"]}},
            "if": {"properties": {"kind": {"const": "long"}}},
            "then": {"required": ["length"], "properties": {"length": {"type": "integer"}}},
            "else": {"properties": {"cut": {"type": "boolean"}}},
        },
    },
}
BODY = {"$ref": "#/components/schemas/NewLoaf"}
LOAF = Operation("Bakery", "post", "/bakeries/{}/loaves", "", "")


def drift(change: Any) -> list[str]:
    """Return the reported drift of a second version, which ``change`` derives from the
    description."""
    second = copy.deepcopy(FIRST)
    change(second["components"]["schemas"])
    return [str(each) for each in differences(fields(BODY, second), fields(OURS, {}))]


def loaf(schemas: dict[str, Any]) -> dict[str, Any]:
    """Return the properties to which most changes apply."""
    found: dict[str, Any] = schemas["NewLoaf"]["allOf"][1]["properties"]
    return found


def test_every_field_is_found_in_both_spellings() -> None:
    """Otherwise nothing could ever differ."""
    expected = {
        "name",
        "grain",
        "grams",
        "salt",
        "seeds",
        "seeds[]",
        "baking",
        "baking.oven",
        "baking.minutes",
        "shape",
        "shape.kind",
        "shape.length",
        "shape.cut",
    }
    assert fields(BODY, FIRST).keys() == expected
    assert fields(OURS, {}).keys() == expected


def test_an_equivalent_schema_is_not_drift() -> None:
    assert drift(lambda schemas: None) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda schemas: loaf(schemas).update(crust={"type": "string"}),
            "`crust` is only in the description (string)",
        ),
        (
            lambda schemas: loaf(schemas).pop("salt"),
            "`salt` is only in the collection (null or number)",
        ),
        (
            lambda schemas: loaf(schemas)["grams"].update(type="number"),
            "`grams`: type is number in the description, integer in the collection",
        ),
        (
            lambda schemas: loaf(schemas)["grams"].update(maximum=5000),
            "`grams`: maximum is 5000 in the description, not given in the collection",
        ),
        (
            lambda schemas: loaf(schemas)["grams"].update(minimum=0),
            "`grams`: minimum is 0 in the description, 1 in the collection",
        ),
        (
            lambda schemas: schemas["Named"]["properties"]["name"].pop("maxLength"),
            "`name`: maxLength is not given in the description, 40 in the collection",
        ),
        (
            lambda schemas: schemas["Named"]["required"].clear(),
            "`name`: required is no in the description, yes in the collection",
        ),
        (
            lambda schemas: schemas["NewLoaf"]["allOf"][1]["required"].append("grams"),
            "`grams`: required is yes in the description, no in the collection",
        ),
        (
            lambda schemas: schemas["Grain"]["enum"].append("spelt"),
            '`grain`: choices is "rye", "spelt", "wheat" in the description,'
            ' "rye", "wheat" in the collection',
        ),
        (
            lambda schemas: schemas["Grain"].pop("enum"),
            '`grain`: choices is not given in the description, "rye", "wheat" in the collection',
        ),
        (
            lambda schemas: loaf(schemas)["salt"].update(anyOf=[{"type": "number"}]),
            "`salt`: type is number in the description, null or number in the collection",
        ),
        (
            lambda schemas: loaf(schemas)["seeds"]["items"].update(type="object"),
            "`seeds[]`: type is object in the description, string in the collection",
        ),
        (
            lambda schemas: loaf(schemas)["baking"]["properties"]["minutes"].pop("nullable"),
            "`baking.minutes`: type is integer in the description,"
            " integer or null in the collection",
        ),
        (
            lambda schemas: loaf(schemas)["baking"]["properties"]["oven"].update(deprecated=True),
            "`baking.oven`: deprecated is yes in the description, no in the collection",
        ),
        (
            lambda schemas: loaf(schemas)["shape"]["oneOf"][0]["required"].remove("length"),
            "`shape.length`: required is no in the description, yes in the collection",
        ),
        (
            lambda schemas: loaf(schemas)["shape"]["oneOf"][1]["properties"].update(
                kind={"const": "ring"}
            ),
            '`shape.kind`: choices is "long", "ring" in the description,'
            ' "long", "round" in the collection',
        ),
    ],
)
def test_each_change_is_reported_once(change: Any, message: str) -> None:
    assert drift(change) == [message]


def test_a_new_object_is_reported_only_by_its_name() -> None:
    icing = {"type": "object", "properties": {"sugar": {"type": "integer"}}}
    assert drift(lambda schemas: loaf(schemas).update(icing=icing)) == [
        "`icing` is only in the description (object)"
    ]


def test_a_recursive_schema_is_handled() -> None:
    document = {"a": {"type": "object", "properties": {"inside": {"$ref": "#/a"}}}}
    assert "inside.inside" in fields({"$ref": "#/a"}, document)


def test_a_broken_reference_is_reported() -> None:
    with pytest.raises(UnreadableError, match="nothing at #/components/none"):
        fields({"$ref": "#/components/none"}, FIRST)


@pytest.fixture
def bakery(monkeypatch: Any) -> Any:
    """Use the bakery's description, without known differences."""
    monkeypatch.setattr(schema_drift, "our_body", lambda operation: OURS)
    monkeypatch.setattr(schema_drift, "KNOWN", {})


def test_a_report_names_the_operation(bakery: Any) -> None:
    assert report([LOAF], {"Bakery": FIRST}) == ""
    second = copy.deepcopy(FIRST)
    loaf(second["components"]["schemas"]).pop("salt")
    assert report([LOAF], {"Bakery": second}) == (
        "## Bakery POST /bakeries/{}/loaves\n\n"
        "- `salt` is only in the collection (null or number)\n"
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda paths: paths.pop("/bakeries/{bakery}/loaves"),
        lambda paths: paths["/bakeries/{bakery}/loaves"].pop("post"),
        lambda paths: paths["/bakeries/{bakery}/loaves"]["post"].pop("requestBody"),
    ],
)
def test_a_removed_operation_is_drift(bakery: Any, change: Any) -> None:
    second = copy.deepcopy(FIRST)
    change(second["paths"])
    assert "no longer described" in report([LOAF], {"Bakery": second})


def test_a_known_difference_is_not_drift_until_it_disappears(bakery: Any, monkeypatch: Any) -> None:
    second = copy.deepcopy(FIRST)
    loaf(second["components"]["schemas"]).pop("salt")
    monkeypatch.setattr(schema_drift, "KNOWN", {("Bakery", "salt", "field"): "we need it"})
    assert report([LOAF], {"Bakery": second}) == ""
    assert "no more" in report([LOAF], {"Bakery": FIRST})


def published(folder: Path, service: str) -> Path:
    """Write a service's description to a file, from the collection's own schemas."""
    paths: dict[str, Any] = {}
    for operation in schema_drift.OPERATIONS:
        if operation.service == service:
            body = copy.deepcopy(schema_drift.our_body(operation))
            for known_service, field, fact in schema_drift.KNOWN:
                if known_service == service:
                    inside = body
                    for name in field.split("."):
                        inside = inside["properties"][name]
                    del inside[fact]
            described = {"requestBody": {"content": {"application/json": {"schema": body}}}}
            paths.setdefault(operation.path, {})[operation.method] = described
    path = folder / f"{service}.json"
    path.write_text(json.dumps({"openapi": "3.1.0", "paths": paths}))
    return path


@pytest.fixture
def run(tmp_path: Path, monkeypatch: Any, capsys: Any) -> Any:
    """Return a function that runs the script on two files, and returns its exit status and
    output."""
    files = {service: published(tmp_path, service) for service in schema_drift.DESCRIPTIONS}

    def call(*more: str) -> tuple[int, str, str]:
        arguments = ["--sevalla", str(files["Sevalla"])]
        arguments += ["--laravel-cloud", str(files["Laravel Cloud"])]
        monkeypatch.setattr(sys, "argv", ["schema_drift.py", *arguments, *more])
        status = schema_drift.main()
        return status, *capsys.readouterr()

    call.files = files  # type: ignore[attr-defined]
    return call


def test_the_script_is_quiet_when_nothing_has_changed(run: Any) -> None:
    assert run() == (0, "", "")


@pytest.mark.parametrize(
    ("service", "old", "new", "message"),
    [
        ("Sevalla", '"maximum": 65535', '"maximum": 60000', "`port`: maximum is 60000"),
        ("Sevalla", '"grpc"', '"http2"', "`ingress_protocol`: choices"),
        ("Laravel Cloud", '"maximum": 10', '"maximum": 20', "`processes`: maximum is 20"),
        ("Laravel Cloud", '"tries"', '"attempts"', "`config.attempts` is only in the description"),
    ],
)
def test_the_script_reports_the_changes(
    run: Any, service: str, old: str, new: str, message: str
) -> None:
    text = run.files[service].read_text()
    assert old in text
    run.files[service].write_text(text.replace(old, new))
    status, output, _complaint = run()
    assert status == 1
    assert message in output


def test_a_report_in_a_file_is_not_a_failure(run: Any, tmp_path: Path) -> None:
    """So that the job that opens the issue can distinguish drift from a service that does not
    respond."""
    report_file = tmp_path / "drift.md"
    assert run("--report", str(report_file)) == (0, "", "")
    assert report_file.read_text() == ""
    text = run.files["Sevalla"].read_text()
    run.files["Sevalla"].write_text(text.replace('"maximum": 65535', '"maximum": 60000'))
    assert run("--report", str(report_file)) == (0, "", "")
    assert "`port`: maximum is 60000" in report_file.read_text()
    run.files["Sevalla"].write_text("")
    assert run("--report", str(report_file))[0] == 2


@pytest.mark.parametrize("text", ["<html>", "[]", "{}"])
def test_the_script_rejects_a_page_that_is_not_an_openapi_description(run: Any, text: str) -> None:
    """An invalid description is neither drift nor its absence."""
    run.files["Sevalla"].write_text(text)
    status, output, complaint = run()
    assert (status, output) == (2, "")
    assert "Sevalla.json" in complaint
