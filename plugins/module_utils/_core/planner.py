# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one decision: what to send so that the live processes become the wanted ones.

Everything that a run says or does is read off the plan: ``changed`` is "it has steps", the
diff is its before and after, check mode is not sending it. Pure: nothing of Ansible, requests
or the clock is imported here, and a test holds that.

This module is private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import quote

from .failure import Failure, Problem
from .fields import UNKNOWN, Field, Options, Process, at, is_empty, shown, with_null
from .resource import Address, Entry, Resource

NEW_ID = "{process_id}"
"""Stands in a path for the id of a process that the step before creates."""


class Step(NamedTuple):
    """One write. ``path`` may hold NEW_ID; ``body`` is None for a DELETE. ``cleared`` has the
    dotted options for which the body holds null, to empty them."""

    action: str
    method: str
    path: str
    body: dict[str, Any] | None
    deploys: bool = True
    cleared: tuple[str, ...] = ()

    def told(self) -> dict[str, Any]:
        """The step as the result's ``plan`` lists it."""
        return {
            "action": self.action,
            "method": self.method,
            "path": self.path,
            "body": self.body,
        }


@dataclass
class Plan:
    """What one entry needs. ``live`` is the process before, None when there is none;
    ``process`` the process as it would be after; ``before`` and ``after`` the managed fields."""

    entry: Entry
    address: Address
    live: Process | None
    process: Process | None = None
    before: Options = field(default_factory=dict)
    after: Options = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def deletes(self) -> bool:
        """Whether its process is to go."""
        return self.entry.state == "absent"

    @property
    def deployment_required(self) -> bool:
        """Whether a step takes effect at the next deployment."""
        return any(step.deploys for step in self.steps)


def plan(resource: Resource, scope: str, entry: Entry, live: list[Process]) -> Plan:
    """Decide what makes ``live`` what ``entry`` wants.

    Raises Failure ``ambiguous`` when several processes answer to the entry, ``not_found`` when
    none does and none can be created under that address, ``unexpected_answer`` when whether
    one does cannot be told.
    """
    address = resource.address(entry.options)
    made = Plan(entry, address, locate(address, live))
    unclear = [str(process["id"]) for process in live if address.unclear(process)]
    if made.live is None and unclear:
        raise Failure(
            f"{resource.vendor} lists {', '.join(unclear)} without what processes are known by, "
            f"so whether there is a {address.words} cannot be told.",
            code="unexpected_answer",
        )
    if entry.state == "absent":
        _plan_absent(resource, scope, made)
    elif made.live is not None:
        _plan_update(resource, scope, made, made.live)
    elif address.creates:
        _plan_create(resource, scope, made)
    else:
        raise Failure(
            f"There is no {address.words}, and none can be created under that address.",
            code="not_found",
        )
    return made


def plan_list(
    resource: Resource, scope: str, entries: list[Entry], live: list[Process], prune: bool
) -> list[Plan]:
    """The plans of a list of entries in its order, each live process in one of them at most.

    With ``prune`` a deletion follows for every live process that is not in the list and can be
    deleted. Raises Failure as ``plan`` does, for all entries at once.
    """
    plans: list[Plan] = []
    failures: list[Failure] = []
    for entry in entries:
        try:
            plans.append(plan(resource, scope, entry, live))
        except Failure as failure:
            failure.message = entry.where + (": " if entry.where else "") + failure.message
            failures.append(failure)
    if failures:
        failures[0].message = " ".join(failure.message for failure in failures)
        raise failures[0]
    for number, made in enumerate(plans):
        for first in plans[:number]:
            if first.live is made.live and (made.live is not None or _confused(first, made)):
                what = f"is the same process as {first.entry.where}, the {made.address.words}"
            elif _confused(first, made):
                what = (
                    f"would be the same process as {first.entry.where} afterwards, the "
                    f"{_confused(first, made)}; give the id of both"
                )
            else:
                continue
            made.problems.append(Problem("", what))
            break
    if prune:
        plans += _plan_prune(
            resource,
            scope,
            plans,
            [process for process in live if all(process is not made.live for made in plans)],
        )
    return plans


def in_order(plans: list[Plan]) -> list[Plan]:
    """Updates and creations first, so that nothing is gone before its successor is there."""
    return sorted(plans, key=lambda made: made.deletes)


def _confused(first: Plan, second: Plan) -> str:
    """The words that both plans' processes answer to once they are written, "" for none.

    What is live answers to its own entry alone; what is created or gets another identity may
    answer to another entry too, and then the next run could not tell the two.
    """
    for one, other in ((first, second), (second, first)):
        written = other.process if other.steps else None
        # What is addressed by its id or key is told from all others.
        if one.address.creates and written is not None and one.address.answers(written):
            return one.address.words
    return ""


def _plan_prune(
    resource: Resource, scope: str, plans: list[Plan], others: list[Process]
) -> list[Plan]:
    unclear = [
        str(process["id"])
        for process in others
        if any(made.address.unclear(process) for made in plans)
    ]
    if unclear:
        raise Failure(
            f"{resource.vendor} lists {', '.join(unclear)} without what processes are known by, "
            "so whether they are in the list cannot be told, and nothing is pruned.",
            code="unexpected_answer",
        )
    pruned = []
    for process in others:
        if resource.undeletable(process) is None:
            entry = Entry({"id": process["id"]}, state="absent")
            made = Plan(entry, resource.address(resource.known_by(process)), process)
            _plan_absent(resource, scope, made)
            pruned.append(made)
    return pruned


def locate(address: Address, live: list[Process]) -> Process | None:
    """The process that answers to an address; raises Failure ``ambiguous`` for several."""
    found = [process for process in live if address.answers(process)]
    if len(found) > 1:
        ids = [str(process.get("id")) for process in found]
        raise Failure(
            f"{len(found)} processes answer to {address.words}: {', '.join(ids)}. "
            "Give id to say which one is meant.",
            code="ambiguous",
            details=ids,
        )
    return found[0] if found else None


def unstored(
    resource: Resource, body: dict[str, Any], process: Process, cleared: tuple[str, ...] = ()
) -> list[str]:
    """Return the options that a body set, or ``cleared``, and that the response does not show."""
    missed = []
    for wire, value in body.items():
        known = resource.field_of(wire)
        want = known.shape.decode(value)
        have = known.live(process, want)
        if not (is_empty(have) if is_empty(want) else known.shape.same(want, have)):
            missed.append(known.option)
    for option in cleared:
        name, _, path = option.partition(".")
        known = next(field for field in resource.fields if field.option == name)
        if _is_set(known, known.live(process), path):
            missed.append(option)
    return missed


def _plan_absent(resource: Resource, scope: str, made: Plan) -> None:
    if made.live is None:
        return
    reason = resource.undeletable(made.live)
    if reason:
        made.problems.append(Problem("state", reason))
    for known in resource.fields:
        want = made.entry.options.get(known.option)
        if want is None or known.on_update:
            continue
        have = known.live(made.live, want)
        # A name that fits is not enough to delete what is of another type.
        if not known.shape.same(want, have):
            what = f"{made.address.words} {_has(have)}, so it may be another one than is meant"
            made.problems.append(Problem(known.option, what))
    values = {known.option: shown(None, known.live(made.live)) for known in resource.fields}
    made.before = {option: value for option, value in values.items() if not is_empty(value)}
    made.steps = [Step("delete", "DELETE", item_path(resource, scope, made.live), None)]


def _plan_update(resource: Resource, scope: str, made: Plan, live: Process) -> None:
    options, clear = made.entry.options, made.entry.clear
    process_type = live.get("type") or options.get("type")
    made.problems += resource.rules(options, process_type, False)
    body: dict[str, Any] = {}
    cleared: list[str] = []
    for known in resource.fields:
        option = known.option
        want = options.get(option)
        unset = [each for each in known.unsettable if f"{option}.{each}" in clear]
        if option not in clear and want is None and not unset:
            continue
        have = known.live(live, want)
        if option in clear:
            made.before[option] = made.after[option] = want
            if not is_empty(have):
                made.before[option] = shown(None, have)
                body[known.wire] = known.empty(have)
            continue
        set_now = [each for each in unset if have is UNKNOWN or _is_set(known, have, each)]
        asked = want
        for each in unset:
            asked = with_null(asked, each)
        made.before[option] = made.after[option] = asked
        if (want is None or known.shape.same(want, have)) and not set_now:
            continue
        if known.on_update:
            value = have if want is None else known.shape.complete(want, have)
            for each in set_now:
                if have is UNKNOWN or at(value, each) is not None:
                    value = with_null(value, each)
                    cleared.append(f"{option}.{each}")
            made.before[option] = _changing(asked, value, have)
            body[known.wire] = known.shape.encode(value, have)
        else:
            what = f"cannot change; {made.address.words} {_has(have)}"
            made.problems.append(Problem(option, what))
    made.process = live
    if body:
        step = _update(resource, item_path(resource, scope, live), body)
        made.steps = [step._replace(cleared=tuple(cleared))]
        made.process = resource.predict(scope, live, body)


def _is_set(field: Field, have: Any, path: str) -> bool:
    """Tell whether a live setting is something that a person would write."""
    return not is_empty(at(field.written(have), path))


def _has(have: Any) -> str:
    """What a live process has of a field that cannot change, in words."""
    return "does not show it" if have is UNKNOWN else f"has {have}"


def _changing(want: Any, value: Any, have: Any) -> Any:
    """The live values that a change is about: of the keys that were given, and of those that go."""
    before = shown(want, have)
    if isinstance(before, dict) and isinstance(value, dict):
        before.update((key, have[key]) for key in have if key not in value)
    return before


def _plan_create(resource: Resource, scope: str, made: Plan) -> None:
    made.problems += resource.rules(made.entry.options, made.entry.options.get("type"), True)
    options = resource.on_create(made.entry.options)
    first: dict[str, Any] = {}
    then: dict[str, Any] = {}
    for known in resource.fields:
        want = options.get(known.option)
        if want is None:
            continue
        made.after[known.option] = want
        (first if known.on_create else then)[known.wire] = known.shape.encode(want, None)
    collection = resource.collection.format(scope=quote(scope, safe=""))
    made.steps = [Step("create", "POST", collection, first)]
    made.process = resource.predict(scope, {}, {**first, **then})
    if then:
        made.steps.append(_update(resource, item_path(resource, scope, None), then))


def _update(resource: Resource, path: str, body: dict[str, Any]) -> Step:
    deploys = any(resource.field_of(wire).deploys for wire in body)
    return Step("update", "PATCH", path, body, deploys)


def item_path(resource: Resource, scope: str, process: Process | None) -> str:
    """The path of a process, or of the one that is still to be created."""
    process_id = NEW_ID if process is None else quote(str(process["id"]), safe="")
    return resource.item.format(scope=quote(scope, safe=""), id=process_id)
