# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Return live processes, and the task options that describe them."""

from __future__ import annotations

from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from .._core.failure import Failure
from .._core.fields import UNKNOWN, Options, Process, is_empty
from .._core.plan import Live
from .._core.planner import make_plan
from .._core.resource import Entry
from .module import Module, Task, connected
from .options import connection_spec, entry_of, process_spec
from .service import Backend


def info_module(backend: Backend) -> Module:
    """Return the module that reads the processes of a service."""
    options = process_spec(backend)
    spec = {
        **connection_spec(backend.service),
        **backend.scope_spec,
        **{name: options[name] for name in ("id", *backend.info_filters)},
    }
    return Module(spec, lambda task: _read(backend, task), writes=False)


def _read(backend: Backend, task: Task) -> dict[str, Any]:
    params = task.params
    wanted = entry_of(backend, params, "present", "")
    wanted = wanted._replace(options=_without_empty(wanted.options))
    problems = backend.check_scope(params)
    if "id" in wanted.options:
        problems += backend.check_address(wanted.options, "present")
    task.check(*problems)
    with connected(backend.service, task) as client:
        # All of them, because only the whole list shows whether a name is unique.
        scope, live = backend.read(client, params, [wanted], True)
        found = [process for process in live if _is_meant(backend, wanted, process)]
        index = Live(backend, live)
        if not found:
            _warn_of_similar(backend, wanted, index, task)
        shown = [dict(process) for process in found]
        backend.complete(client, found)
        return {
            "changed": False,
            backend.plural: shown,
            "desired": [desired(backend, scope, process, index) for process in found],
            **backend.about(client),
            "api": client.counters,
        }


def _without_empty(options: Options) -> Options:
    """Return the options without those that are empty: they do not filter."""
    inner = {
        name: _without_empty(value) if isinstance(value, dict) else value
        for name, value in options.items()
    }
    return {name: value for name, value in inner.items() if not is_empty(value)}


def _warn_of_similar(backend: Backend, wanted: Entry, live: Live, task: Task) -> None:
    """Warn about a live name that resembles the missing one."""
    for kind, option in backend.unique.items():
        name = wanted.options.get(option)
        if not isinstance(name, str):
            continue
        names = live.names(kind)
        if name in names:
            continue
        from .._core.near_misses import close, folded

        alike = [each for each in names if folded(each) == folded(name) != ""]
        alike = alike or [each for each in names if close(name, each)]
        if alike:
            task.warn(
                f"There is no {backend.noun} with {option} {name!r}. Did you mean {alike[0]!r}?",
                f"{option}: there is no {backend.noun} with exactly this one. One is similar.",
            )


def _is_meant(backend: Backend, wanted: Entry, process: Process) -> bool:
    """Return whether a process matches all filters. A field that it does not show never does."""
    given = dict(wanted.options)
    if "id" in given:
        (key,) = backend.address({"id": given.pop("id")}).keys
        if key not in backend.answers_to(process):
            return False
    for field in backend.fields:
        if field.option in given:
            if field.only_for and process.get("type") not in field.only_for:
                return False
            want = given[field.option]
            have = field.live(process, want)
            if have is UNKNOWN or is_empty(have) or not field.shape.same(want, have):
                return False
    return True


def desired(backend: Backend, scope: str, process: Process, live: Live) -> Options:
    """Return a list entry that changes nothing about a process of ``live``.

    It is as a user would write it: with an id or key only if nothing else identifies the process,
    and without read-only fields, unset fields and defaults of a creation. The planner itself
    checks that the entry changes nothing: options that it would change or reject, because nobody
    could write the live value, are omitted.
    """
    options = _options(backend, process)
    for unique in ({}, *_unique(backend, process)):
        options_left = _unchanging(backend, scope, {**unique, **options}, process, live)
        if options_left is not None:
            return options_left
    return {"id": process["id"]}


def _options(backend: Backend, process: Process) -> Options:
    options: Options = {}
    for field in backend.fields:
        if not (field.on_create or field.on_update):
            continue
        if field.only_for and process.get("type") not in field.only_for:
            continue
        value = field.live(process)
        if value is UNKNOWN or is_empty(value) or value == field.default:
            continue
        written = field.written(_writable(field.spec, value))
        if not is_empty(written):
            options[field.option] = written
    return options


def _writable(spec: dict[str, Any], value: Any) -> Any:
    """Return the part of a live value that the argument spec accepts, or None."""
    inner = spec.get("options")
    if inner and isinstance(value, dict):
        kept = {key: _writable(inner[key], value[key]) for key in inner if key in value}
        value = {key: item for key, item in kept.items() if not is_empty(item)}
    try:
        checked = ArgumentSpecValidator({"value": spec}).validate({"value": value})
    except (TypeError, ValueError, OverflowError):  # ansible-core's parsing fails on some
        return None
    return None if checked.error_messages else value


def _unique(backend: Backend, process: Process) -> list[Options]:
    """Return the options that may identify a process: its key, if it has one, and its id."""
    key = process.get("key") if "key" in backend.info_filters else None
    return [*([{"key": key}] if key and isinstance(key, str) else []), {"id": process["id"]}]


def _unchanging(
    backend: Backend, scope: str, options: Options, process: Process, live: Live
) -> Options | None:
    """Return the options without those that would change something, or None if they do not match
    only this process."""
    spec = process_spec(backend)
    options = dict(options)
    for _field in backend.fields:
        checked = ArgumentSpecValidator(spec).validate(options)
        entry = entry_of(backend, checked.validated_parameters, "present", "")
        try:
            if backend.check_address(entry.options, "present"):
                return None
            # By the widest key: with the type, others of the same name would go unnoticed.
            found = live.find(backend.address(entry.options).keys[-1])
            if len(found) != 1 or found[0] is not process:
                return None
            plan = make_plan(backend, scope, entry, live)
        except Failure:
            return None
        wrong = [problem.option.partition(".")[0] for problem in plan.problems]
        wrong += [backend.field_of(wire).option for step in plan.steps for wire in step.body or {}]
        if not wrong:
            return options
        options = {option: value for option, value in options.items() if option not in wrong}
    return None
