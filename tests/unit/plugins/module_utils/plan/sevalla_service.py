# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small simulator of Sevalla's processes: from a request to the stored processes and the
response.

Where the service's behavior is unknown, ``Habits`` decides. It raises an AssertionError for
everything that the service's description does not accept: the planner must not send it.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.plan import (
    sevalla_facts as facts,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.plan.json_types import is_a

SCOPE = "9a1d2f5e-0b6c-4c0e-9f43-1f2e3d4c5b6a"
SIZE_NAMES = {size: name for name, size in facts.SIZES.items()}
_V2_DEFAULTS = {
    "targetCpuPercent": 80,
    "targetMemoryPercent": 80,
    "scaleUpIntervalSeconds": 60,
    "scaleUpIncrement": 1,
    "scaleDownIntervalSeconds": 600,
    "scaleDownIncrement": 1,
}
_RANGES = {
    "instanceCount": (0, 50),
    "minInstanceCount": (0, 50),
    "maxInstanceCount": (0, 50),
    "targetCpuPercent": (1, 100),
    "targetMemoryPercent": (1, 100),
    "scaleUpIntervalSeconds": (1, 60000),
    "scaleDownIntervalSeconds": (1, 60000),
    "scaleUpIncrement": (1, 5),
    "scaleDownIncrement": (1, 5),
    "initialDelaySeconds": (0, None),
    "periodSeconds": (1, None),
    "timeoutSeconds": (1, None),
    "successThreshold": (1, None),
    "failureThreshold": (1, None),
}


class Habits(NamedTuple):
    """``nested``: what a PATCH does with scaling_strategy and the probes: ``replace``, ``shallow``
    (their own keys are merged) or ``deep``. ``cleared``: how a cleared string is shown. ``fills``:
    a horizontal strategy gets defaults. ``zone``: the time zone of a new cron process.
    ``no_probe``: how a probe that is not set is shown, ``null``, ``empty`` or ``nulls``.
    ``shows_nulls``: keys that are not set are shown as nulls inside. ``extra``: responses have
    undocumented keys. ``keeps_deleted``: until the next deployment."""

    nested: str = "replace"
    cleared: str | None = ""
    fills: bool = False
    zone: str | None = None
    no_probe: str = "null"
    shows_nulls: bool = False
    extra: bool = False
    keeps_deleted: bool = True


class Service:
    """The processes of one application, as requests see them."""

    SCOPE = SCOPE

    def __init__(self, habits: Habits) -> None:
        self.habits = habits

    def read(self, live: list) -> list:
        """Return the processes as the module reads them: unchanged."""
        return live

    def named(self, body: Any) -> Any:
        """Return a body with ids for the names of sizes, which a run looks up before sending."""
        if body and body.get("resource_type_id") in facts.SIZES:
            body["resource_type_id"] = facts.SIZES[body["resource_type_id"]]
        return body

    def answer(self, live: list, method: str, path: str, body: Any) -> tuple:
        """Return the processes after a request, and the response."""
        match = re.fullmatch(f"/applications/{SCOPE}/processes(?:/([0-9a-f-]{{36}}))?", path)
        assert match, f"no such path: {path}"
        if method == "POST":
            assert match[1] is None, "POST is for the collection"
            new = self._created(live, body)
            return [*live, new], new
        found = [process for process in live if process["id"] == match[1]]
        assert len(found) == 1, f"404: {path}"
        if method == "PATCH":
            changed = self._stored(found[0], body)
            return [changed if process is found[0] else process for process in live], changed
        assert (method, body) == ("DELETE", None), f"{method} with {body}"
        assert found[0]["type"] != "web", "400: a web process cannot be deleted"
        left = [process for process in live if process is not found[0]]
        answer = {"message": "Process is being deleted"}
        return (live if self.habits.keeps_deleted else left), answer

    def _created(self, live: list, body: dict) -> dict:
        for need in ("display_name", "type", "resource_type_id", "scaling_strategy"):
            assert need in body, f"400: {need} is missing"
        kind = body["type"]
        assert kind in ("web", "worker", "cron", "job"), "400: type"
        assert kind != "web" or all(process["type"] != "web" for process in live), "400: a web"
        assert not set(body) & {"is_ingress_enabled", "ingress_protocol"}, "POST takes no ingress"
        assert kind != "cron" or body.get("schedule"), "400: schedule"
        assert kind != "job" or body.get("job_start_policy"), "400: job_start_policy"
        number = len(live) + 1
        bare = {
            "id": f"5f0c6c1a-7d5e-4f0b-8a37-{number:012d}",
            "app_id": SCOPE,
            "key": f"new-{number}",
            "type": kind,
            "display_name": None,
            "entrypoint": "",
            "port": 8080 if kind == "web" else None,
            "is_ingress_enabled": kind == "web",
            "ingress_protocol": "http" if kind == "web" else None,
            "scaling_strategy": None,
            "resource_type_id": None,
            "resource_type_name": None,
            "cpu_limit": None,
            "memory_limit": None,
            "schedule": None,
            "time_zone": self.habits.zone if kind == "cron" else None,
            "job_start_policy": None,
            "liveness_probe": None,
            "readiness_probe": None,
            "internal_hostname": None,
            "created_at": "2026-03-01T10:00:00.000Z",
            "updated_at": "2026-03-01T10:00:00.000Z",
        }
        return self._stored(bare, {key: value for key, value in body.items() if key != "type"})

    def _stored(self, process: dict, body: dict) -> dict:
        assert body, "a write without a body"
        after = dict(process)
        for key, value in body.items():
            self._check(process, key, value)
            if key == "scaling_strategy":
                after[key] = self._strategy(process[key], value)
            elif key in facts.PROBES:
                after[key] = self._probe(process[key], value)
            elif key in ("schedule", "time_zone"):
                after[key] = value or self.habits.cleared
            else:
                after[key] = value
        if "resource_type_id" in body:
            after["resource_type_name"] = SIZE_NAMES[body["resource_type_id"]]
            after["cpu_limit"], after["memory_limit"] = 1000, 1024
        if self.habits.extra:
            after["status_page"] = {"any": [None]}
        after["updated_at"] = "2026-03-02T10:00:00.000Z"
        return after

    def _check(self, process: dict, key: str, value: Any) -> None:
        only = facts.ONLY.get(key)
        assert only is None or process["type"] in (only, None), f"400: {key} is for {only}"
        assert value is not None, f"400: {key} is null"
        if key == "scaling_strategy":
            _check_strategy(value)
        elif key in facts.PROBES:
            _check_probe(value)
        elif key == "port":
            assert is_a(int, value), "400: port"
            assert 1 <= value <= 65535, "400: port"
        elif key == "is_ingress_enabled":
            assert is_a(bool, value), "400: is_ingress_enabled"
        elif key == "ingress_protocol":
            assert value in ("http", "grpc"), "400: ingress_protocol"
        elif key == "resource_type_id":
            assert value in SIZE_NAMES, f"400: no size {value}"
        elif key == "job_start_policy":
            policies = ("beforeDeployment", "afterSuccessDeployment", "afterFailedDeployment")
            assert value in policies, "400: job_start_policy"
        elif key == "display_name":
            assert isinstance(value, str), "400: display_name"
            assert 1 <= len(value) <= 255, "400: display_name"
        else:
            assert key in facts.TEXTS, f"{key} is nothing that a PATCH takes"
            assert isinstance(value, str), f"400: {key}"

    def _together(self, old: Any, new: dict) -> dict:
        how = self.habits.nested
        if how == "replace" or not isinstance(old, dict):
            return new
        if how == "shallow":
            return {**old, **new}
        merged = dict(old)
        for key, value in new.items():
            both = isinstance(value, dict) and isinstance(old.get(key), dict)
            merged[key] = self._together(old[key], value) if both else value
        return merged

    def _strategy(self, old: Any, new: dict) -> dict:
        whole = self._together(old, new)
        config = {key: value for key, value in whole["config"].items() if value is not None}
        if whole["type"] == "horizontal":
            defaults = _V2_DEFAULTS if self.habits.fills else {}
            if self.habits.shows_nulls:
                defaults = {**dict.fromkeys(_V2_DEFAULTS), **defaults}
            config = {**defaults, **config}
        return {"type": whole["type"], "config": config}

    def _probe(self, old: Any, new: dict) -> Any:
        names = (*facts.KINDS.values(), *facts.TIMINGS.values())
        whole = {key: v for key, v in self._together(old, new).items() if v is not None}
        whole = {key: v for key, v in whole.items() if key in names}
        if not whole:
            return {"null": None, "empty": {}, "nulls": dict.fromkeys(names)}[self.habits.no_probe]
        if "httpGet" in whole:
            inner = {key: v for key, v in whole["httpGet"].items() if v is not None}
            shown = dict.fromkeys(facts.HTTP.values()) if self.habits.shows_nulls else {}
            whole["httpGet"] = {**shown, **inner}
        return {**dict.fromkeys(names), **whole} if self.habits.shows_nulls else whole


def _check_strategy(value: dict) -> None:
    assert set(value) == {"type", "config"}, f"400: scaling_strategy has {sorted(value)}"
    config = value["config"]
    if value["type"] == "manual":
        needed, known = {"instanceCount"}, {"instanceCount"}
    else:
        assert value["type"] == "horizontal", "400: scaling_strategy.type"
        needed, known = {"minInstanceCount", "maxInstanceCount"}, set(facts.HORIZONTAL.values())
    assert needed <= set(config), f"400: {needed - set(config)} missing"
    assert set(config) <= known, f"not of this strategy: {set(config) - known}"
    # The description allows null for the settings that are not required.
    _check_numbers({key: config[key] for key in config if config[key] is not None or key in needed})


def _check_probe(value: dict) -> None:
    unknown = set(value) - {*facts.KINDS.values(), *facts.TIMINGS.values()}
    assert not unknown, f"not in a probe: {unknown}"
    handlers = [value[key] for key in facts.KINDS.values() if value.get(key) is not None]
    assert len(handlers) <= 1, "400: two handlers"
    set_ones = {key: item for key, item in value.items() if item is not None}
    assert handlers or not set_ones, "400: no handler"
    if "exec" in set_ones:
        command = set_ones["exec"]["command"]
        assert all(isinstance(word, str) for word in command), "400: exec.command"
    if "httpGet" in set_ones:
        assert set(set_ones["httpGet"]) <= set(facts.HTTP.values()), "400: httpGet"
        for header in set_ones["httpGet"].get("httpHeaders") or []:
            assert set(header) == {"name", "value"}, "400: httpHeaders"
    if "tcpSocket" in set_ones:
        assert is_a(int, set_ones["tcpSocket"]["port"]), "400: tcpSocket.port"
    _check_numbers(set_ones)


def _check_numbers(values: dict) -> None:
    for key, (low, high) in _RANGES.items():
        if key in values:
            number = values[key]
            assert is_a(int, number), f"400: {key} is {number!r}"
            assert low <= number, f"400: {key} is {number!r}"
            assert high is None or number <= high, f"400: {key} is {number!r}"
