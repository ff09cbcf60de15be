# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Generated lists of processes as a service might show them, and a service that shows them.

They go beyond the services' descriptions: equal names and identities, nulls and missing keys,
numbers as strings, strategies and probes that nobody could send.
"""

from __future__ import annotations

import json
from typing import Any

from flask import Response, request
from hypothesis import strategies as st

from ansible_collections.evenkeel.paas.tests.emulator import world
from ansible_collections.evenkeel.paas.tests.emulator.server import Hooks

MISSING = object()

TEXTS = (
    "node w.js",
    "php artisan x",
    " padded  ",
    "{{ lookup('env', 'HOME') }}",
    "{% raw %} {# no #}",
    "{{{",
    "yes",
    "null",
    "~",
    "0123",
    "1e3",
    "12:30",
    "- a: b # c",
    'it\'s "so"',
    "two\nlines\n",
    "tab\tand \\ back",
    "Ünï ☂ \U0001f600",
    "!unsafe x",
    "&a *b",
    "%s $x `y`",
)
texts = st.sampled_from(TEXTS)
_odd = st.sampled_from([5, 2.5, True, [], ["x"], {}, {"x": 1}])


def _mostly(usual: Any) -> Any:
    """Generate the usual values most of the time; sometimes null, nothing at all, or anything
    else."""
    return st.one_of(usual, usual, usual, usual, st.none(), st.just(MISSING), _odd)


def _config(**values: Any) -> dict[str, Any]:
    return values


STRATEGIES = (
    None,
    {"type": "manual", "config": {"instanceCount": 1}},
    {"type": "manual", "config": {"instanceCount": 3}},
    {"type": "manual", "config": {"instanceCount": "3"}},
    {"type": "manual", "config": {"instanceCount": 0}},
    {"type": "manual", "config": {"instanceCount": None}},
    {"type": "manual", "config": {"instanceCount": 2, "minInstanceCount": 1}},
    {"type": "manual", "config": None},
    {"type": "manual"},
    {"type": "horizontal", "config": {"minInstanceCount": 2, "maxInstanceCount": 6}},
    {"type": "horizontal", "config": {"minInstanceCount": 5, "maxInstanceCount": 2}},
    {
        "type": "horizontal",
        "config": {
            "minInstanceCount": 1,
            "maxInstanceCount": 3,
            "instanceCount": 1,
            "targetCpuPercent": 80,
            "targetMemoryPercent": None,
            "scaleUpIntervalSeconds": "60",
            "somethingNew": True,
        },
    },
    {"type": "auto", "config": {"level": 3}},
    {"type": None, "config": {"instanceCount": 2}},
    {"config": {"instanceCount": 2}},
    {},
    [],
    "manual",
)
PROBES = (
    None,
    None,
    {},
    {"httpGet": None, "exec": None},
    {"httpGet": {"path": "/up", "port": 8080}, "periodSeconds": 10},
    {
        "httpGet": {
            "path": "/{{ up }}",
            "port": "8080",
            "host": None,
            "scheme": "HTTPS",
            "httpHeaders": [{"name": "X-A", "value": "{{ b }}"}, {"name": "X-B", "value": ""}],
        },
        "initialDelaySeconds": 0,
        "timeoutSeconds": None,
    },
    {"httpGet": {"port": 80, "httpHeaders": [{"name": "X-A"}]}},
    {"httpGet": {"port": 80, "scheme": "GOPHER"}},
    {"httpGet": {}},
    {"exec": {"command": ["sh", "-c", " exit 0 "]}},
    {"exec": {"command": []}},
    {"exec": {"command": [1, None]}},
    {"tcpSocket": {"port": 5432}, "failureThreshold": 3},
    {"httpGet": {"port": 80}, "tcpSocket": {"port": 80}},
    {"periodSeconds": 10},
    {"grpc": {"port": 9000}},
    "up",
    [],
)
_SIZES = (
    (world.SEVALLA_SIZE_IDS["s1"], "s1"),
    (world.SEVALLA_SIZE_IDS["c1"], "C1"),
    (world.SEVALLA_SIZE_IDS["s2"], None),
    ("11111111-1111-4111-8111-111111111111", None),
    ("11111111-1111-4111-8111-111111111111", "x9"),
    ("not an id", None),
    (None, None),
    (MISSING, "s1"),
    (world.SEVALLA_SIZE_IDS["s1"], MISSING),
)


@st.composite
def sevalla_process(draw: Any, number: int) -> dict[str, Any]:
    """Generate a process of the shop."""
    size_id, size_name = draw(st.sampled_from(_SIZES))
    process = {
        "id": f"{number:08x}-0000-4000-8000-000000000000",
        "app_id": world.SEVALLA_SHOP_ID,
        "key": draw(_mostly(st.sampled_from([f"key-{number}", f"key-{number}", "queue", ""]))),
        "type": draw(_mostly(st.sampled_from(["web", "worker", "worker", "cron", "job", "new"]))),
        "display_name": draw(_mostly(st.sampled_from([f"name {number}", "queue", ""]) | texts)),
        "entrypoint": draw(_mostly(texts | st.just(""))),
        "port": draw(_mostly(st.sampled_from([8080, "8080", 0, 70000]))),
        "is_ingress_enabled": draw(_mostly(st.booleans())),
        "ingress_protocol": draw(_mostly(st.sampled_from(["http", "grpc", "tcp"]))),
        "scaling_strategy": draw(st.sampled_from(STRATEGIES)),
        "resource_type_id": size_id,
        "resource_type_name": size_name,
        "cpu_limit": 500,
        "memory_limit": 1024,
        "schedule": draw(_mostly(st.sampled_from(["0 3 * * *", "@daily", ""]))),
        "time_zone": draw(_mostly(st.sampled_from(["UTC", "Europe/Berlin", ""]))),
        "job_start_policy": draw(_mostly(st.sampled_from(["beforeDeployment", "sometimes"]))),
        "liveness_probe": draw(st.sampled_from(PROBES)),
        "readiness_probe": draw(st.sampled_from(PROBES)),
        "internal_hostname": None,
        "created_at": "2026-03-01T10:00:00.000Z",
        "updated_at": "2026-03-01T10:00:00.000Z",
    }
    return {key: value for key, value in process.items() if value is not MISSING}


@st.composite
def cloud_process(draw: Any, number: int) -> dict[str, Any]:
    """Generate a background process, as a resource in the service's list."""
    kind = draw(_mostly(st.sampled_from(["worker", "worker", "custom", "custom", "new"])))
    numbers = _mostly(st.sampled_from([0, 1, 30, "30", "-1", "x"]))
    config: Any = {
        "connection": draw(_mostly(st.sampled_from(["redis", "sqs", ""]))),
        "queue": draw(
            _mostly(
                st.sampled_from(["a", "a,b", "b,a", " a , b ", "", ",", "{{ q }}", f"q{number}"])
            )
        ),
        "name": draw(st.sampled_from([None, "x"])),
        **{key: draw(numbers) for key in ("tries", "backoff", "sleep", "rest", "timeout")},
        "max-jobs": draw(st.sampled_from([None, 5])),
        "max-time": None,
        "force": draw(_mostly(st.sampled_from([True, False, 0, 1, "1", "0"]))),
        "stop-when-empty": None,
    }
    config = {key: value for key, value in config.items() if value is not MISSING}
    attributes = {
        "type": kind,
        "processes": draw(_mostly(st.sampled_from([1, 1, 2, 10, "3", 99]))),
        "command": draw(_mostly(texts | st.sampled_from(["", "php artisan x", f"work {number}"]))),
        "config": draw(st.sampled_from([config, config, config, [], {}, None, "x"]))
        if kind != "custom"
        else draw(st.sampled_from([[], {}, None, config])),
        "strategy_type": draw(st.sampled_from([None, "none"])),
        "strategy_threshold": None,
        "created_at": "2026-04-12T10:42:32.000000Z",
    }
    return {
        "id": f"process-{number:08x}-0000-4000-8000-000000000000",
        "type": "background_processes",
        "attributes": {key: value for key, value in attributes.items() if value is not MISSING},
    }


@st.composite
def worlds(draw: Any, one: Any) -> list[dict[str, Any]]:
    """Generate some processes, with twins that differ only in their ids."""
    made = [draw(one(number)) for number in range(1, draw(st.integers(1, 6)) + 1)]
    for number in range(100, 100 + draw(st.sampled_from([0, 0, 0, 1, 2]))):
        twin = draw(st.sampled_from(made))
        made.append({**twin, "id": twin["id"].replace(twin["id"][-36:-28], f"{number:08x}")})
    return made


class Showing(Hooks):
    """A service that has exactly these processes."""

    def __init__(self, processes: list[dict[str, Any]]) -> None:
        self.processes = processes

    def before(self) -> Response | None:
        if request.method != "GET":
            return None
        if request.path.endswith("/processes"):
            start = int(request.args["offset"])
            page = {
                "data": self.processes[start : start + 100],
                "total": len(self.processes),
                "offset": start,
                "limit": 100,
            }
        elif request.path.endswith("/background-processes"):
            start = 100 * (int(request.args.get("page", "1")) - 1)
            last = max(1, -(-len(self.processes) // 100))
            meta = {"last_page": last, "total": len(self.processes)}
            page = {"data": self.processes[start : start + 100], "meta": meta}
        else:
            return None
        return Response(json.dumps(page), 200, content_type="application/json")
