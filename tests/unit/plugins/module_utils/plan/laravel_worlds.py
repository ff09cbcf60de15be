# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Generated Laravel Cloud instances, and requests of users for a background process there."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.plan import (
    laravel_facts as facts,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.plan.laravel_service import (
    Habits,
    worker_command,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.plan.planning import Case

_rare = st.sampled_from([False] * 5 + [True])
_number = st.sampled_from([0, 1, 3, 30])
_connections = st.sampled_from(["redis", "sqs"])
_queues_live = st.sampled_from(["high", "high,low", "low,high", "high, low", "default"])
_commands = st.sampled_from(["php artisan horizon", "node x.js", "php artisan x --a='b, c'"])
KINDS = ("worker", "custom")

habits = st.builds(
    Habits,
    merges=st.booleans(),
    strings=st.booleans(),
    off=st.sampled_from([False, None, 0, "0"]),
    on=st.sampled_from([True, 1, "1"]),
    extra=st.booleans(),
)


@st.composite
def _live_config(draw: Any) -> dict:
    config = {
        "connection": draw(st.sampled_from([None, ""]) | _connections),
        "queue": draw(st.none() | _queues_live),
        "name": draw(st.sampled_from([None, "x"])),
        "max-jobs": None,
        "max-time": draw(st.sampled_from([None, 60])),
        "stop-when-empty": None,
    }
    for key in facts.NUMBERS:
        number = draw(st.sampled_from([None, ""]) | _number)
        config[key] = str(number) if number is not None and draw(st.booleans()) else number
    config["force"] = draw(st.sampled_from([None, None, False, 0, "0", True, 1, "1"]))
    return config


@st.composite
def process(draw: Any, number: int, kind: str) -> dict:
    """Generate an existing process of a type, as the service shows it."""
    config = draw(_live_config()) if kind == "worker" else draw(st.sampled_from([[], {}, None]))
    attributes = {
        "type": kind,
        "processes": draw(st.sampled_from([1, 5, 10])),
        "command": worker_command(config) if kind == "worker" else draw(_commands),
        "config": config,
        "strategy_type": draw(st.sampled_from([None, "none", "growth_rate"])),
        "strategy_threshold": draw(st.sampled_from([None, 3])),
        "created_at": "2026-04-12T10:42:32.000000Z",
    }
    if draw(_rare):
        attributes["paused"] = {"since": [None]}
    return {
        "id": f"process-a17eded1-a90a-48c4-93eb-{number:012x}",
        "type": "background_processes",
        "attributes": attributes,
    }


@st.composite
def instances(draw: Any, kind: Any = None) -> list:
    """Generate the existing processes of an instance, with equal ones; at least one of a type."""
    kinds = draw(st.lists(st.sampled_from(KINDS), max_size=2)) + ([kind] if kind else [])
    kinds = draw(st.permutations(kinds))
    return [draw(process(number, each)) for number, each in enumerate(kinds, 1)]


queues_wanted = st.sampled_from(
    [["high"], ["high", "low"], ["low", "high"], ["high, low"], [" high ", "", "low "], ["default"]]
)


@st.composite
def config_wanted(draw: Any, resource: Any = None) -> dict:
    """Generate keys of config as a user sets them: the existing values, falsy ones and others."""
    have = {} if resource is None else facts.settings(resource)
    any_of = {
        "connection": _connections,
        "queue": queues_wanted,
        **dict.fromkeys(facts.NUMBERS, _number),
        "force": st.booleans(),
    }
    keys = draw(st.lists(st.sampled_from(facts.SETTABLE), min_size=1, unique=True))
    return {
        key: have[key] if key in have and draw(st.booleans()) else draw(any_of[key]) for key in keys
    }


@st.composite
def updates(draw: Any, kind: Any = None) -> Case:
    """Generate an existing process, an address that matches only it, and the requested fields."""
    kind = kind or draw(st.sampled_from(KINDS))
    live = draw(instances(kind))
    target = draw(st.sampled_from([each for each in live if each["attributes"]["type"] == kind]))
    given: dict = {"type": kind}
    if draw(st.booleans()):
        given["processes"] = draw(st.sampled_from([1, 5, 10]))
    if kind == "custom":
        given["command"] = draw(st.sampled_from(["{}", " {} "])).format(
            target["attributes"]["command"]
        )
    elif draw(st.sampled_from([True, True, True, False])):
        given["config"] = draw(config_wanted(target))
    if facts.meant(given, live) != [target] or draw(st.booleans()):
        given["id"] = target["id"]
        if kind == "custom" and draw(st.booleans()):
            given["command"] = draw(_commands)
        for option in ("type", "command"):
            if draw(st.booleans()):
                given.pop(option, None)
        if draw(_rare):
            strange: dict = {
                "type": "custom" if kind == "worker" else "worker",
                "command": "php artisan odd",
                "config": {"queue": [" ", ","]},
            }
            option = draw(st.sampled_from(sorted(strange)))
            given[option] = strange[option]
    return Case(live, given, (), "present", draw(habits))


@st.composite
def creations(draw: Any) -> Case:
    """Generate the request for a new process; an entry may match an existing one."""
    live = draw(instances())
    kind = draw(st.sampled_from(KINDS))
    given: dict = {"type": kind}
    if draw(st.booleans()):
        given["processes"] = draw(st.sampled_from([1, 5, 10]))
    if kind == "custom":
        given["command"] = draw(st.sampled_from(["php artisan new", "  php artisan new "]))
        if draw(_rare):
            given["config"] = {"tries": 1}
    else:
        given["config"] = {**draw(config_wanted()), "connection": "database"}
        if not draw(_rare):
            given["config"].setdefault("queue", draw(queues_wanted))
    return Case(live, given, (), "present", draw(habits))
