# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The facts about Sevalla's processes, written only for the tests: no code of the planner.

They say how options correspond to the service's keys, when an existing process matches the request,
which processes an entry matches, and what must be refused.
"""

from __future__ import annotations

from typing import Any

SIZES = {
    "h1": "0a6f3b0e-5a1e-4c58-9a55-6f0b1f0c9d10",
    "s1": "0b6f3b0e-5a1e-4c58-9a55-6f0b1f0c9d11",
    "s2": "0c6f3b0e-5a1e-4c58-9a55-6f0b1f0c9d12",
}
MANUAL = {"instance_count": "instanceCount"}
HORIZONTAL = {
    "min_instance_count": "minInstanceCount",
    "max_instance_count": "maxInstanceCount",
    "target_cpu_percent": "targetCpuPercent",
    "target_memory_percent": "targetMemoryPercent",
    "scale_up_interval_seconds": "scaleUpIntervalSeconds",
    "scale_up_increment": "scaleUpIncrement",
    "scale_down_interval_seconds": "scaleDownIntervalSeconds",
    "scale_down_increment": "scaleDownIncrement",
}
KINDS = {"exec": "exec", "http_get": "httpGet", "tcp_socket": "tcpSocket"}
TIMINGS = {
    "initial_delay_seconds": "initialDelaySeconds",
    "period_seconds": "periodSeconds",
    "timeout_seconds": "timeoutSeconds",
    "success_threshold": "successThreshold",
    "failure_threshold": "failureThreshold",
}
HTTP = {
    "path": "path",
    "port": "port",
    "host": "host",
    "scheme": "scheme",
    "http_headers": "httpHeaders",
}
PROBES = ("liveness_probe", "readiness_probe")
TEXTS = ("entrypoint", "schedule", "time_zone")
ONLY = {
    "schedule": "cron",
    "time_zone": "cron",
    "job_start_policy": "job",
    "is_ingress_enabled": "web",
    "ingress_protocol": "web",
    "liveness_probe": "web",
    "readiness_probe": "web",
}
AT_ONCE = {"display_name", "is_ingress_enabled", "ingress_protocol"}
"""Options that take effect without a deployment."""

OPTIONS = (
    "key",
    "display_name",
    "type",
    "entrypoint",
    "port",
    "schedule",
    "time_zone",
    "job_start_policy",
    "resource_type",
    "scaling_strategy",
    "is_ingress_enabled",
    "ingress_protocol",
    *PROBES,
)


def wire(option: str) -> str:
    """Return the key of an option in bodies and responses."""
    return "resource_type_id" if option == "resource_type" else option


def probe_to_wire(probe: dict) -> dict:
    """Return a probe in the service's format."""
    out: dict = {}
    for name, value in probe.items():
        if name == "http_get":
            out["httpGet"] = {HTTP[key]: item for key, item in value.items()}
        else:
            out[{**KINDS, **TIMINGS}[name]] = value
    return out


def without_nulls(value: Any) -> Any:
    """Return JSON without null keys, at every depth."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return value


def null_settings(process: dict, option: str) -> set:
    """Return the places in a strategy or a probe where a live process shows null for a setting that
    may be null: all but the handlers of a probe, and the numbers that a strategy requires."""
    shown = process.get(option) or {}
    if option == "scaling_strategy":
        needed = {*MANUAL.values(), "minInstanceCount", "maxInstanceCount"}
        config = shown.get("config", {}) if shown.get("type") == "horizontal" else {}
        return {("config", key) for key in set(config) - needed if config[key] is None}
    if probe_of(process, option) is None:
        return set()
    outer = {(key,) for key in TIMINGS.values() if key in shown and shown[key] is None}
    inner = {
        (kind, key)
        for kind in KINDS.values()
        if isinstance(shown.get(kind), dict)
        for key, value in shown[kind].items()
        if value is None
    }
    return outer | inner


def strategy_to_wire(strategy: dict) -> dict:
    """Return a strategy in the service's format."""
    names = {**MANUAL, **HORIZONTAL}
    config = {names[key]: value for key, value in strategy.items() if key != "type"}
    return {"type": strategy["type"], "config": config}


def strategy_of(process: dict) -> Any:
    """Return the existing strategy in the user's format, or None. Keys of the other scaling type
    and nulls are omitted."""
    shown = process.get("scaling_strategy")
    if shown is None:
        return None
    names = MANUAL if shown["type"] == "manual" else HORIZONTAL
    config = shown["config"]
    found = {name: config[key] for name, key in names.items() if config.get(key) is not None}
    return {"type": shown["type"], **found}


def probe_of(process: dict, option: str) -> Any:
    """Return the existing probe in the user's format, or None however a missing one is shown."""
    shown = process.get(option)
    if not shown:
        return None
    found: dict = {}
    for name, key in {**KINDS, **TIMINGS}.items():
        value = shown.get(key)
        if value is None:
            continue
        if name == "http_get":
            value = {inner: value[k] for inner, k in HTTP.items() if value.get(k) is not None}
        elif name == "tcp_socket":
            value = {inner: value[inner] for inner in ("port", "host") if value.get(inner)}
        found[name] = value
    return found or None


def value_of(process: dict, option: str) -> Any:
    """Return a process's value of an option in a normal form."""
    if option == "scaling_strategy":
        return strategy_of(process)
    if option in PROBES:
        return probe_of(process, option)
    value = process.get(wire(option))
    return (value or "") if option in TEXTS else value


def kinds(probe: Any) -> set:
    """Return the handlers of a probe."""
    return {name for name in KINDS if name in (probe or {})}


def differs(option: str, want: Any, process: dict) -> bool:
    """Return whether an existing process differs from the request."""
    if option in ("key", "type"):
        return process.get(option) is not None and process[option] != want
    if option == "resource_type":
        if want in SIZES.values():
            return bool(process.get("resource_type_id") != want)
        return bool((process.get("resource_type_name") or "").lower() != want.lower())
    if wire(option) not in process:
        return True
    have = value_of(process, option)
    if option in PROBES and kinds(want) and kinds(want) != kinds(have):
        return True
    return not _holds(have, want)


def _holds(have: Any, want: Any) -> bool:
    if isinstance(want, dict):
        return isinstance(have, dict) and all(
            key in have and _holds(have[key], item) for key, item in want.items()
        )
    return type(have) is type(want) and bool(have == want)


def empty(option: str, process: dict) -> bool:
    """Return whether an existing process has no value for an option that can be cleared."""
    return wire(option) in process and value_of(process, option) in ("", None)


def meant(given: dict, live: list, state: str = "present") -> list:
    """Return the processes that an entry matches."""
    if given.get("id"):
        return [process for process in live if process["id"] == given["id"]]
    if given.get("key"):
        return [process for process in live if process["key"] == given["key"]]
    if given.get("type") == "web":
        return [process for process in live if process["type"] == "web"]
    named = [process for process in live if process["display_name"] == given["display_name"]]
    if "type" not in given:
        return named
    # A given type distinguishes several with one name; a process without a type may have any.
    typed = [each for each in named if each["type"] in (None, given["type"])]
    # A process of another type is found to refuse a change of its type, but is never deleted.
    return typed if typed or state == "absent" else named


def perhaps_meant(given: dict, live: list) -> list:
    """Return the processes of which it is not shown whether an entry matches them."""
    by_type = given.get("type") == "web" and not {"id", "key"} & set(given)
    return [process for process in live if process["type"] is None] if by_type else []


def whole_strategy(want: dict, process: Any) -> dict:
    """Return the strategy that must be sent, in the user's format."""
    have = {"type": "manual", "instance_count": 1} if process is None else strategy_of(process)
    if have is None or want.get("type", have["type"]) != have["type"]:
        return dict(want)
    return {**have, **want}


def whole_probe(want: dict, process: Any, option: str) -> dict:
    """Return the probe that must be sent, in the user's format."""
    have = None if process is None else probe_of(process, option)
    if have is None or (kinds(want) and kinds(want) != kinds(have)):
        return dict(want)
    whole = {**have, **want}
    for kind in kinds(want):
        whole[kind] = {**have.get(kind, {}), **want[kind]}
    return whole


def to_refuse(given: dict, process: Any) -> set:
    """Return the options that must be refused, for an existing process or, with None, for a new
    one."""
    creating = process is None
    bad = set()
    its_type = given.get("type") if creating else process["type"] or given.get("type")
    for option, only in ONLY.items():
        if option in given and its_type != only:
            bad.add(option)
    if creating:
        bad |= {
            need for need in ("display_name", "type", "resource_type") if given.get(need) is None
        }
        if its_type == "cron" and not given.get("schedule"):
            bad.add("schedule")
        if its_type == "job" and not given.get("job_start_policy"):
            bad.add("job_start_policy")
    else:
        bad |= {o for o in ("key", "type") if o in given and differs(o, given[o], process)}
    if "scaling_strategy" in given:
        want = given["scaling_strategy"]
        if creating or differs("scaling_strategy", want, process):
            whole = whole_strategy(want, process)
            if not _sound_strategy(whole):
                bad.add("scaling_strategy")
    for probe in PROBES:
        sends = probe in given and (creating or differs(probe, given[probe], process))
        if sends and not _sound_probe(whole_probe(given[probe], process, probe)):
            bad.add(probe)
    return bad


def _sound_strategy(whole: dict) -> bool:
    keys = set(whole) - {"type"}
    if whole.get("type") == "manual":
        return keys == set(MANUAL)
    if whole.get("type") == "horizontal":
        low, high = whole.get("min_instance_count"), whole.get("max_instance_count")
        return keys <= set(HORIZONTAL) and None not in (low, high) and low <= high
    return False


def _sound_probe(whole: dict) -> bool:
    if len(kinds(whole)) != 1:
        return False
    if "exec" in whole:
        return "command" in whole["exec"]
    return "tcp_socket" not in whole or "port" in whole["tcp_socket"]
