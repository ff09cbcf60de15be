# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Generated Sevalla applications, and requests of users for a process there.

They are valid, including unusual ones: everything nullable is sometimes null, a probe has no
handler or two, a strategy has keys of the other scaling type. Requested values are the existing
ones, falsy ones and any others. A few requests cannot be fulfilled; ``sevalla_facts.to_refuse``
lists them.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.plan import (
    sevalla_facts as facts,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.plan.planning import Case
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.plan.sevalla_service import (
    SCOPE,
    Habits,
)

_rare = st.sampled_from([False] * 5 + [True])
_seldom = st.sampled_from([False] * 15 + [True])
_often = st.sampled_from([False, True, True])
_count = st.sampled_from([0, 1, 2, 50])
_positive = st.sampled_from([1, 5, 60])
_small = st.sampled_from([1, 3, 5])
_text = st.sampled_from(["", "a", "npm start", "Ünï"])

KINDS = ("web", "worker", "cron", "job")

habits = st.builds(
    Habits,
    nested=st.sampled_from(["replace", "shallow", "deep"]),
    cleared=st.sampled_from(["", None]),
    fills=st.booleans(),
    zone=st.sampled_from([None, "UTC"]),
    no_probe=st.sampled_from(["null", "empty", "nulls"]),
    shows_nulls=st.booleans(),
    extra=st.booleans(),
    keeps_deleted=st.booleans(),
)

_OPTIONAL_HORIZONTAL = {
    "target_cpu_percent": _positive,
    "target_memory_percent": _positive,
    "scale_up_interval_seconds": _positive,
    "scale_up_increment": _small,
    "scale_down_interval_seconds": _positive,
    "scale_down_increment": _small,
}
manual = st.fixed_dictionaries({"type": st.just("manual"), "instance_count": _count})
horizontal = st.fixed_dictionaries(
    {
        "type": st.just("horizontal"),
        "min_instance_count": st.sampled_from([0, 1, 2]),
        "max_instance_count": st.sampled_from([2, 4, 50]),
    },
    optional=_OPTIONAL_HORIZONTAL,
)
_whole_strategies = st.one_of(manual, horizontal)

_timings = st.fixed_dictionaries(
    {},
    optional={
        "initial_delay_seconds": st.sampled_from([0, 10]),
        "period_seconds": _positive,
        "timeout_seconds": _positive,
        "success_threshold": _positive,
        "failure_threshold": _positive,
    },
)
_headers = st.lists(
    st.fixed_dictionaries({"name": st.sampled_from(["X-A", "X-B"]), "value": _text}), max_size=2
)
_HANDLERS = {
    "exec": st.fixed_dictionaries({"command": st.lists(_text, max_size=2)}),
    "http_get": st.fixed_dictionaries(
        {},
        optional={
            "path": st.sampled_from(["/", "/up", ""]),
            "port": st.sampled_from([80, 8080]),
            "host": _text,
            "scheme": st.sampled_from(["HTTP", "HTTPS"]),
            "http_headers": _headers,
        },
    ),
    "tcp_socket": st.fixed_dictionaries(
        {"port": st.sampled_from([80, 8080])}, optional={"host": st.just("db")}
    ),
}


@st.composite
def probes(draw: Any, handlers: int = 1) -> dict:
    """Generate a probe as a user writes it."""
    kinds = draw(st.permutations(list(_HANDLERS)))[:handlers]
    return {**{kind: draw(_HANDLERS[kind]) for kind in kinds}, **draw(_timings)}


@st.composite
def _live_strategy(draw: Any) -> Any:
    shape = draw(st.sampled_from(["set", "set", "set", "null", "stale", "nulls"]))
    if shape == "null":
        return None
    whole = facts.strategy_to_wire(draw(_whole_strategies))
    config = whole["config"]
    if shape == "stale" and whole["type"] == "manual":
        config.update(minInstanceCount=1, maxInstanceCount=3, targetCpuPercent=5)
    elif shape == "stale":
        config["instanceCount"] = 7
    elif shape == "nulls" and whole["type"] == "horizontal":
        for key in facts.HORIZONTAL.values():
            config.setdefault(key, None)
    return whole


@st.composite
def _live_probe(draw: Any) -> Any:
    shape = draw(st.sampled_from(["null", "empty", "nulls", "set", "set", "set", "odd"]))
    names = (*facts.KINDS.values(), *facts.TIMINGS.values())
    if shape == "null":
        return None
    if shape == "empty":
        return {}
    if shape == "nulls":
        return dict.fromkeys(names)
    odd = st.sampled_from([0, 2]) if shape == "odd" else st.just(1)
    probe = facts.probe_to_wire(draw(probes(draw(odd))))
    return {**dict.fromkeys(names), **probe} if draw(st.booleans()) else probe


@st.composite
def process(draw: Any, number: int, kind: Any) -> dict:
    """Generate an existing process of a type."""
    size = draw(st.sampled_from([None, "s1", "h1"]))
    web = kind == "web"
    made = {
        "id": f"1b9d6bcd-bbfd-4b2d-9b5d-{number:012x}",
        "app_id": SCOPE,
        "key": f"key-{number}",
        "type": None if draw(_rare) else kind,
        "display_name": draw(st.sampled_from([None, "one", "two", "three", f"unique {number}"])),
        "entrypoint": draw(_text),
        "port": draw(st.sampled_from([None, 8080, 1])),
        "is_ingress_enabled": draw(st.booleans()) if web else False,
        "ingress_protocol": draw(st.sampled_from([None, "http", "grpc"])) if web else None,
        "scaling_strategy": draw(_live_strategy()),
        "resource_type_id": facts.SIZES.get(size),
        "resource_type_name": draw(st.sampled_from([size, size.upper()])) if size else None,
        "cpu_limit": None,
        "memory_limit": 512,
        "schedule": draw(st.sampled_from([None, "", "0 3 * * *"])) if kind == "cron" else None,
        "time_zone": draw(st.sampled_from([None, "", "UTC"])) if kind == "cron" else None,
        "job_start_policy": draw(st.sampled_from([None, "beforeDeployment"]))
        if kind == "job"
        else None,
        "liveness_probe": draw(_live_probe()) if web else None,
        "readiness_probe": draw(_live_probe()) if web else None,
        "internal_hostname": None,
        "created_at": "2026-03-01T10:00:00.000Z",
        "updated_at": "2026-03-01T10:00:00.000Z",
    }
    if draw(_rare):
        made["undocumented"] = {"a": [None]}
    return made


@st.composite
def applications(draw: Any, kind: Any = None) -> list:
    """Generate the existing processes of an application: at most one web process, and one of a
    type."""
    kinds = draw(st.lists(st.sampled_from(["worker", "cron", "job"]), max_size=2))
    kinds += [kind] if kind else []
    if kind != "web" and draw(st.booleans()):
        kinds.append("web")
    kinds = draw(st.permutations(kinds))
    return [draw(process(number, each)) for number, each in enumerate(kinds, 1)]


@st.composite
def _strategy_wanted(draw: Any) -> dict:
    whole = draw(_whole_strategies)
    shape = draw(st.sampled_from(["whole", "whole", "untyped", "some"]))
    if shape == "whole":
        return whole
    if shape == "untyped":
        del whole["type"]
        return whole
    keys = draw(st.lists(st.sampled_from(sorted(whole)), min_size=1, unique=True))
    return {key: whole[key] for key in keys}


def _some_of(whole: Any) -> Any:
    """Generate a part of a dict, with a part of the dicts in it."""
    if not isinstance(whole, dict) or not whole:
        return st.just(whole)
    return st.lists(st.sampled_from(sorted(whole)), min_size=1, unique=True).flatmap(
        lambda keys: st.fixed_dictionaries({key: _some_of(whole[key]) for key in keys})
    )


@st.composite
def _probe_wanted(draw: Any) -> dict:
    probe = draw(probes(draw(st.sampled_from([0, 1, 1, 1, 1, 1, 1, 2]))))
    # An empty handler is not a handler: Ansible cannot omit one in any other way.
    return {key: value for key, value in probe.items() if value != {}}


@st.composite
def _probe_changed(draw: Any, kinds: list) -> dict:
    """Generate some keys of a probe with a handler that the existing one has."""
    kind = draw(st.sampled_from(kinds))
    probe = {kind: draw(_HANDLERS[kind]), **draw(_timings)}
    return {key: value for key, value in probe.items() if value != {}}


_ANY = {
    "display_name": st.sampled_from(["one", "new", "n" * 255]),
    "entrypoint": _text,
    "port": st.sampled_from([1, 8080, 65535]),
    "schedule": st.sampled_from(["0 3 * * *", "* * * * *", ""]),
    "time_zone": st.sampled_from(["UTC", "Europe/Berlin", ""]),
    "job_start_policy": st.sampled_from(["beforeDeployment", "afterFailedDeployment"]),
    "resource_type": st.sampled_from(["s1", "S1", "h1", "s2", *facts.SIZES.values()]),
    "scaling_strategy": _strategy_wanted(),
    "is_ingress_enabled": st.booleans(),
    "ingress_protocol": st.sampled_from(["http", "grpc"]),
    "liveness_probe": _probe_wanted(),
    "readiness_probe": _probe_wanted(),
}
CLEARABLE = ("entrypoint", "schedule", "time_zone", *facts.PROBES)


@st.composite
def wanted(draw: Any, kind: Any, live: Any) -> dict:
    """Generate the requested fields of a process of a type, without its address."""
    given = {}
    for option, values in _ANY.items():
        fits = facts.ONLY.get(option, kind) == kind
        if not draw(_often if fits else _seldom):
            continue
        have = None if live is None else facts.value_of(live, option)
        if have in (None, {}) or draw(st.booleans()):
            given[option] = draw(values)
        elif option in facts.PROBES and facts.kinds(have) and draw(st.booleans()):
            given[option] = draw(_probe_changed(sorted(facts.kinds(have))))
        elif isinstance(have, dict):
            # A handler without keys, which the service may show, cannot be requested.
            part = {k: v for k, v in draw(_some_of(have)).items() if v != {}}
            given.update({option: part} if part else {})
        else:
            given[option] = have
    return {option: value for option, value in given.items() if value != {}}


@st.composite
def updates(draw: Any, kind: Any = None) -> Case:
    """Generate an existing process, an address that matches only it, and the requested fields."""
    kind = kind or draw(st.sampled_from(KINDS))
    live = draw(applications(kind))
    target = draw(st.sampled_from([each for each in live if each["type"] in (kind, None)]))
    given = draw(wanted(target["type"], target))
    if draw(st.sampled_from([False, False, False, True])):
        given["type"] = draw(st.sampled_from([target["type"] or "cron"] * 3 + ["job"]))
    ways: list = [{"id": target["id"]}, {"key": target["key"]}]
    if target["type"] == "web":
        ways += [{"type": "web"}] * 2
    name = target["display_name"]
    if name and [process["display_name"] for process in live].count(name) == 1:
        ways.append({"display_name": name})
    way = draw(st.sampled_from(ways))
    if "display_name" in way and given.get("type") == "web":
        del given["type"]
    if "id" in way and draw(_rare):
        given["key"] = draw(st.sampled_from([target["key"], "another"]))
    given.update(way)
    clear = [option for option in CLEARABLE if option not in given and draw(_often)]
    if target["type"] != "web":  # it has none, and the simulator accepts none
        clear = [option for option in clear if option not in facts.PROBES]
    return Case(live, given, tuple(clear), "present", draw(habits))


@st.composite
def creations(draw: Any) -> Case:
    """Generate the request for a new process."""
    live = draw(applications())
    kinds = ["worker", "cron", "job", None]
    if all(process["type"] not in ("web", None) for process in live):
        kinds += ["web", "web"]
    kind = draw(st.sampled_from(kinds))
    given = draw(wanted(kind, None))
    given.update({"display_name": "brand new"})
    if kind:
        given["type"] = kind
    if not draw(_rare):
        given.setdefault("resource_type", "s1")
    if not draw(_rare):
        if kind == "cron":
            given["schedule"] = given.get("schedule") or "0 3 * * *"
        if kind == "job":
            given.setdefault("job_start_policy", "beforeDeployment")
    if kind == "web" and draw(_rare):
        del given["display_name"]
    return Case(live, given, (), "present", draw(habits))
