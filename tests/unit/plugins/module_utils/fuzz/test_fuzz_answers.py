# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run with any response to one kind of request ends with a Failure or a result.

The emulator handles the request; only its response is changed: any JSON, or the real response with
missing keys, swapped values, numbers as strings and additional keys.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import pytest
from flask import Response, request
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.evenkeel.paas.tests.emulator import world
from ansible_collections.evenkeel.paas.tests.emulator.server import Hooks
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.fuzz.invariants import (
    LARAVEL_CLOUD,
    SEVALLA,
    run_any,
    stored,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.plan.example_counts import (
    examples,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    SCOPE,
    Outcome,
    Runner,
    let_stay,
    no_waiting,
)

GONE: Any = object()
BARE = "9f0e1d2c-3b4a-4958-8776-655443322110"
"""An application without a web process, where one can be created and then patched."""
WEB = {"application": "Blog", "type": "web"}
QUEUE = {"application": "shop-x1y2z", "display_name": "queue", "type": "worker"}
PROBE = {"http_get": {"path": "/up", "port": 8080}}
NAMED = {"application": "shop", "environment": "production", "instance": "Workers"}
CUSTOM = {"type": "custom", "command": "php artisan x"}
WORKER = {"type": "worker", "config": {"connection": "redis", "queue": "mail", "tries": 3}}


class Kind(NamedTuple):
    """A kind of request, and the tasks that send it. ``first`` are tasks to run before."""

    module: str
    request: str
    tasks: list[dict[str, Any]]
    first: Sequence[dict[str, Any]] = ()


_SEVALLA_TASKS = [
    {**QUEUE, "resource_type": "s1", "entrypoint": "node w.js"},
    {**WEB, "port": 81, "liveness_probe": PROBE, "resource_type": "s2"},
    {**WEB, "scaling_strategy": {"type": "horizontal", "max_instance_count": 3}},
    {**WEB, "scaling_strategy": {"instance_count": 2}, "clear": ["readiness_probe"]},
    {**QUEUE, "state": "absent"},
]
_MADE = [_SEVALLA_TASKS[0]]
_BY_ID = {
    "application": world.SEVALLA_BLOG_ID,
    "id": world.SEVALLA_BLOG_WEB_ID,
    "port": 82,
    "readiness_probe": PROBE,
}
_CLOUD_TASKS = [
    {**NAMED, **CUSTOM},
    {**NAMED, **WORKER},
    {**NAMED, **WORKER, "processes": 4},
    {**NAMED, **CUSTOM, "state": "absent"},
]
_CLOUD_MADE = [_CLOUD_TASKS[0], {**NAMED, "type": "worker", "config": {**WORKER["config"]}}]
_UNDER_ID = {"environment": world.LARAVEL_CLOUD_PRODUCTION_ID, "instance": "Workers"}
_ENVIRONMENTS = {**NAMED, "application": world.LARAVEL_CLOUD_SHOP_ID}
_INSTANCE = {"instance": world.LARAVEL_CLOUD_PRODUCTION_WORKERS_ID}
KINDS = {
    "sevalla applications": Kind(SEVALLA, "GET .*/applications", _SEVALLA_TASKS, _MADE),
    "sevalla processes": Kind(SEVALLA, "GET .*/processes", _SEVALLA_TASKS),
    "sevalla processes with one": Kind(SEVALLA, "GET .*/processes", _SEVALLA_TASKS, _MADE),
    "sevalla process": Kind(SEVALLA, "GET .*/processes/[^/]+", [_BY_ID]),
    "sevalla sizes": Kind(SEVALLA, "GET .*/process-resource-types", _SEVALLA_TASKS),
    "sevalla post": Kind(
        SEVALLA,
        "POST .*",
        [_SEVALLA_TASKS[0], {**WEB, "application": "Draft", "display_name": "x"}],
    ),
    "sevalla post and patch": Kind(
        SEVALLA,
        "(POST|PATCH) .*",
        [
            {
                "application": BARE,
                "display_name": "front",
                "type": "web",
                "resource_type": "s1",
                "ingress_protocol": "grpc",
            }
        ],
    ),
    "sevalla patch": Kind(SEVALLA, "PATCH .*", [*_SEVALLA_TASKS[1:4], _BY_ID]),
    "sevalla delete": Kind(SEVALLA, "DELETE .*", _SEVALLA_TASKS[4:], _MADE),
    "cloud applications": Kind(LARAVEL_CLOUD, "GET .*/applications", _CLOUD_TASKS, _CLOUD_MADE),
    "cloud environments": Kind(LARAVEL_CLOUD, "GET .*/environments", [_ENVIRONMENTS | CUSTOM]),
    "cloud instances": Kind(LARAVEL_CLOUD, "GET .*/instances", [*_CLOUD_TASKS, _UNDER_ID | CUSTOM]),
    "cloud instances with two": Kind(LARAVEL_CLOUD, "GET .*/instances", _CLOUD_TASKS, _CLOUD_MADE),
    "cloud processes": Kind(
        LARAVEL_CLOUD, "GET .*/background-processes", [_INSTANCE | CUSTOM, _INSTANCE | WORKER]
    ),
    "cloud processes with two": Kind(
        LARAVEL_CLOUD,
        "GET .*/background-processes",
        [_INSTANCE | WORKER | {"processes": 4}, _INSTANCE | CUSTOM | {"state": "absent"}],
        _CLOUD_MADE,
    ),
    "cloud process": Kind(
        LARAVEL_CLOUD,
        "GET .*/background-processes/[^/]+",
        [{"id": "FIRST", "processes": 5}, {"id": "FIRST", "state": "absent"}],
        _CLOUD_MADE,
    ),
    "cloud post": Kind(LARAVEL_CLOUD, "POST .*", _CLOUD_TASKS[:2]),
    "cloud patch": Kind(
        LARAVEL_CLOUD,
        "PATCH .*",
        [{**NAMED, **CUSTOM, "processes": 7}, _CLOUD_TASKS[2]],
        _CLOUD_MADE,
    ),
    "cloud delete": Kind(LARAVEL_CLOUD, "DELETE .*", _CLOUD_TASKS[3:], _CLOUD_MADE),
}


class Other(Hooks):
    """Changes the response to one kind of request by ``change(json)``."""

    def __init__(self, kind: str, change: Any, status: int | None = None) -> None:
        self.kind = kind
        self.change = change
        self.status = status
        self.stored_posts = 0

    def after(self, response: Response) -> Response:
        if request.method == "POST" and response.status_code in (200, 201):
            self.stored_posts += 1
        if not re.fullmatch(self.kind, f"{request.method} {request.path}"):
            return response
        real = json.loads(response.get_data() or "null")
        body = self.change(real)
        raw = body if isinstance(body, bytes) else json.dumps(body)
        return Response(raw, self.status or response.status_code, content_type="application/json")


_odd = [
    None,
    True,
    False,
    0,
    1,
    -1,
    2,
    1.5,
    10**30,
    10**400,
    -(10**400),
    float("nan"),
    float("inf"),
    "",
    "1",
    "80",
    "manual",
    "web",
    "worker",
    "queue",
    "php artisan x",
    "{process_id}",
    "\ud800",
    "\x00",
    "x" * 5000,
    [],
    {},
    [[]],
    [None],
    [{}],
    [{"id": None}],
    [{"id": "x"}],
    {"data": None},
    {"data": []},
    {"data": {}},
    {"id": "x", "attributes": []},
    {"config": {}},
]
_names = st.sampled_from(
    ["id", "data", "total", "meta", "included", "attributes", "relationships", "type", "name"]
)
anything = st.recursive(
    st.sampled_from(_odd),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_names, inner, max_size=4),
    max_leaves=8,
)


def _places(value: Any, at: tuple = ()) -> list[tuple]:
    """Return every place in a JSON value except ids, which another test covers."""
    inside = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    found = [at]
    for key, item in inside:
        if key != "id":
            found += _places(item, (*at, key))
    return found


def _replaced(value: Any, place: tuple, new: Any) -> Any:
    if not place:
        return None if new is GONE else new
    value = copy.deepcopy(value)
    parent = value
    for key in place[:-1]:
        parent = parent[key]
    if new is GONE:
        del parent[place[-1]]
    elif new == "MORE" and isinstance(parent, dict):
        parent["unheard_of"] = {"a": [1]}
    elif new == "TEXT":
        parent[place[-1]] = str(parent[place[-1]])
    elif new == "TWICE" and isinstance(parent, list):
        parent.append(copy.deepcopy(parent[place[-1]]))
    else:
        parent[place[-1]] = new
    return value


def _mutation(draws: Any) -> Any:
    """Draw a function that changes some places of the real response."""
    changes = draws(
        st.lists(
            st.tuples(
                st.integers(0, 10**6),
                st.sampled_from([GONE, "MORE", "TEXT", "TWICE"]) | anything,
            ),
            min_size=1,
            max_size=3,
        )
    )

    def change(real: Any) -> Any:
        for number, new in changes:
            places = _places(real)
            real = _replaced(real, places[number % len(places)], new)
        return real

    return change


@pytest.fixture
def run(emulator: Any, monkeypatch: pytest.MonkeyPatch) -> Runner:
    no_waiting(monkeypatch)
    return Runner(emulator)


def answered(
    run: Runner,
    name: str,
    which: int,
    change: Any,
    status: int | None = None,
    lists: bool = False,
) -> Outcome | None:
    """Run a task of a kind against a service with changed responses; it must not store two objects.

    With ``lists`` as a list of one. The existing processes are also read by the info module.
    """
    kind = KINDS[name]
    run = Runner(run.emulator, lists)
    run.emulator.reset()
    if lists:
        let_stay(run.emulator, world.LARAVEL_CLOUD_PRODUCTION_WORKERS_ID)
    with run.emulator.world.lock:
        run.emulator.world.sevalla.add_application("Bare", "bare-0", BARE, web=False)
    made = [run(kind.module, **options).result["process"] for options in kind.first]
    task = dict(kind.tasks[which % len(kind.tasks)])
    if task.get("id") == "FIRST":
        task["id"] = made[0]["id"]
    before = stored(run.emulator)
    hooks = Other(kind.request, change, status)
    run.emulator.hooks = hooks
    outcome = run_any(run, kind.module, **task)
    assert hooks.stored_posts <= 1, "two objects were created"
    assert stored(run.emulator) - before <= 1
    assert outcome is not None
    scope = {option: task[option] for option in (*SCOPE, "id") if option in task}
    assert run_any(run, f"{kind.module}_info", **scope) is not None
    return outcome


@pytest.mark.parametrize("kind", KINDS)
@given(st.data())
@examples(15)
def test_fuzz_responses_of_any_json(run: Runner, kind: str, data: st.DataObject) -> None:
    other = data.draw(anything)
    status = data.draw(st.sampled_from([None, None, None, 200, 201, 202, 400, 404, 409, 422]))
    which, lists = data.draw(st.integers(0, 4)), data.draw(st.booleans())
    answered(run, kind, which, lambda _real: other, status, lists)


@pytest.mark.parametrize("kind", KINDS)
@given(st.data())
@examples(30)
def test_fuzz_nearly_valid_responses(run: Runner, kind: str, data: st.DataObject) -> None:
    which, lists = data.draw(st.integers(0, 4)), data.draw(st.booleans())
    answered(run, kind, which, _mutation(data.draw), None, lists)


@pytest.mark.parametrize("kind", KINDS)
def test_fuzz_ids_in_responses_do_not_change_the_path(run: Runner, kind: str) -> None:
    """A malformed id is an unexpected response, never a part of a path."""
    broken = []

    def change(real: Any, text: str) -> Any:
        if isinstance(real, dict):
            return {key: text if key == "id" else change(item, text) for key, item in real.items()}
        return [change(item, text) for item in real] if isinstance(real, list) else real

    for text in ("..", "", "../../x?y=1#z", "\ud800", "{process_id}"):
        for which in range(len(KINDS[kind].tasks)):
            try:
                answered(run, kind, which, lambda real, text=text: change(real, text))
            except (AssertionError, UnicodeError):
                sent = [f"{each['method']} {each['path']}" for each in run.emulator.requests]
                broken.append((text, which, sent[-1:]))
    assert broken == []


@pytest.mark.parametrize(
    ("kind", "process_id"),
    [("sevalla patch", "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"), ("cloud patch", "process-1")],
)
def test_fuzz_a_response_to_a_patch_about_another_process(
    run: Runner, kind: str, process_id: str
) -> None:
    """What is read again is the process that was changed."""
    other = {"id": process_id, "attributes": {}}
    outcome = answered(run, kind, 0, lambda _real: {**other, "data": other})
    assert outcome is not None
    sent = [(each["method"], each["path"].partition("?")[0]) for each in outcome.requests]
    ((_method, patched),) = [each for each in sent if each[0] == "PATCH"]
    later = [path for _method, path in sent[sent.index(("PATCH", patched)) + 1 :]]
    assert patched in later
    assert set(later) <= {patched, "/resources/process-resource-types"}


@pytest.mark.parametrize("odd", [[], {}, None, 1, "process-of-somebody-else"], ids=str)
def test_fuzz_an_attribute_named_id_is_not_the_id(run: Runner, odd: Any) -> None:
    """JSON:API has ids beside the attributes; an attribute of that name is never part of a path."""

    def change(real: Any) -> Any:
        for item in real["data"]:
            item["attributes"]["id"] = odd
        return real

    outcome = answered(run, "cloud processes with two", 0, change)
    real = {
        process["id"]
        for application in run.emulator.world.snapshot()["laravel_cloud"]["applications"]
        for environment in application["environments"]
        for instance in environment["instances"]
        for process in instance["background_processes"]
    }
    assert outcome is not None
    assert {path.rpartition("/")[2] for _method, path, _status in outcome.writes} <= real


def _nested(depth: int) -> str:
    return '{"a":' * depth + "1" + "}" * depth


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("status", [200, 400])
def test_fuzz_responses_of_any_depth(run: Runner, kind: str, status: int) -> None:
    """Deep nesting, alone and in every place of a real response that has a field."""
    broken = []
    for depth in (950, 3000, 100_000):

        def deep_inside(real: Any, depth: int = depth) -> bytes:
            deep = json.dumps(real)
            for name in ("liveness_probe", "scaling_strategy", "config", "data", "message"):
                deep = re.sub(rf'"{name}": (null|\[\]|\{{\}})', f'"{name}": {_nested(depth)}', deep)
            return deep.encode()

        for change in (lambda _real, depth=depth: _nested(depth).encode(), deep_inside):
            try:
                answered(run, kind, 1, change, status)
            except RecursionError:  # pytest would take minutes to print its thousand frames
                broken.append((depth, run.emulator.requests[-1]["path"]))
    assert broken == []
