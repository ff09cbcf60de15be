# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Decide what to send to turn the live resources into the wanted ones.

The plan determines everything that a run reports or does: ``changed`` means that it has steps,
the diff is its before and after, check mode does not send it. Everything here is pure: a test
checks that this module does not import Ansible, requests or the clock.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from .failure import Failure, Problem
from .fields import UNKNOWN, Field, Process, at, is_empty, is_set, shown, with_nulls, without_nulls
from .plan import NEW_ID, Live, Plan, Step, same
from .resource import Address, Entry, Resource, name_of


def make_plan(resource: Resource, scope: str, entry: Entry, live: list[Process] | Live) -> Plan:
    """Return the plan that turns ``live`` into what ``entry`` wants.

    Raises Failure ``ambiguous`` if several resources match the entry, ``not_found`` if none
    does and none can be created under that address, ``unexpected_answer`` if the response does
    not show whether one does.
    """
    live = live if isinstance(live, Live) else Live(resource, live)
    address = resource.address(entry.options)
    # The type, if given, must match what is deleted: a task may have deleted one of two resources
    # of a name, and run again.
    sought = address._replace(keys=address.keys[:1]) if entry.state == "absent" else address
    plan = Plan(entry, address, locate(resource, sought, live))
    if plan.live is None:
        refuse_unclear(resource, address, live)
    if entry.state == "absent":
        _plan_absent(resource, scope, plan)
    elif plan.live is not None:
        _plan_update(resource, scope, plan, plan.live)
    elif address.creates:
        _plan_create(resource, scope, plan)
    else:
        raise Failure(
            f"There is no {address.words}, and a task with {address.kind} cannot create one."
            f"{alternatives(resource, address, live)}",
            code="not_found",
        )
    if plan.process is not None:
        unchanged = plan.process is plan.live
        before = live.keys(plan.live)
        plan.keys = before if unchanged else tuple(resource.answers_to(plan.process))
        plan.new_identity = tuple(
            key for key in plan.keys if key[0] in resource.unique and key not in before
        )
    return plan


def plan_list(
    resource: Resource, scope: str, entries: list[Entry], resources: list[Process], prune: bool
) -> list[Plan]:
    """Return the plans of a list of entries in its order, each live resource in at most one.

    With ``prune``, plans follow that delete each deletable live resource that is not listed. They
    are last, because nothing is deleted before its replacement exists.
    Raises Failure as ``make_plan`` does, for all entries at once.
    """
    live = Live(resource, resources)
    plans: list[Plan] = []
    failures: list[Failure] = []
    for entry in entries:
        try:
            plans.append(make_plan(resource, scope, entry, live))
        except Failure as failure:
            failure.where = entry.where
            failures.append(failure)
    if failures:
        failures[0].others += failures[1:]
        raise failures[0]
    addressed = {id(plan.live) for plan in plans}
    others = [each for each in live.all if id(each) not in addressed]
    pruned = _plan_prune(resource, scope, plans, live, others) if prune else []
    _refuse_same(resource, plans)
    if any(plan.new_identity or plan.live is None for plan in plans):
        from .rivals import find_near, refuse_alike

        free = set() if resource.lists_deleted else {id(plan.live) for plan in pruned}
        refuse_alike(resource, plans, live, [each for each in others if id(each) not in free])
        find_near(resource, plans, live, others)
    return plans + pruned


def _refuse_same(resource: Resource, plans: list[Plan]) -> None:
    """Add a problem to each plan whose live resource an earlier plan has too."""
    first_of: dict[int, Plan] = {}
    for plan in plans:
        first = first_of.setdefault(id(plan.live), plan)
        if plan.live is not None and first is not plan:
            plan.problems.append(Problem("", same(resource, first, plan)))


def _plan_prune(
    resource: Resource, scope: str, plans: list[Plan], live: Live, others: list[Process]
) -> list[Plan]:
    listed = {id(plan.live) for plan in plans}
    kinds = {plan.address.kind for plan in plans}
    unclear = [each for each in live.unclear(kinds) if id(each) not in listed]
    if unclear:
        raise Failure(
            f"{resource.vendor} lists {_ids(unclear)} without the fields that identify "
            f"{resource.a_noun}. They may be entries of your list, so nothing was deleted.",
            code="unexpected_answer",
        )
    pruned = []
    for process in others:
        if resource.undeletable(process) is None:
            entry = Entry({"id": process["id"]}, state="absent")
            plan = Plan(entry, resource.address(resource.identity_options(process)), process)
            _plan_absent(resource, scope, plan)
            pruned.append(plan)
    return pruned


def alternatives(resource: Resource, address: Address, live: Live) -> str:
    """Return sentences with the names that resemble a missing one, and with all names if few;
    "" for an id."""
    if address.kind in ("id", "type"):
        return ""
    from .near_misses import hint

    known = [(name,) for name in live.names(address.kind)]
    return hint(name_of(address.keys[-1]), known, f"The {resource.parent}")


def locate(resource: Resource, address: Address, live: Live) -> Process | None:
    """Return the resource that matches an address, or None.

    Raises Failure ``ambiguous`` if several match.
    """
    found = next(filter(None, map(live.find, address.keys)), [])
    if len(found) > 1:
        ids = [str(process.get("id")) for process in found]
        raise Failure(
            f"Expected one {address.words}, found {len(found)}: {', '.join(ids)}. "
            "Set id to select one.",
            code="ambiguous",
            details=ids,
        )
    return found[0] if found else None


def refuse_unclear(resource: Resource, address: Address, live: Live) -> None:
    """Raise Failure ``unexpected_answer`` if the resource of an address, which was not found, may
    be one whose identity is not shown."""
    unclear = live.unclear({address.kind})
    if unclear:
        raise Failure(
            f"{resource.vendor} lists {_ids(unclear)} without the fields that identify "
            f"{resource.a_noun}, so it is unknown whether the {address.words} exists. Set id.",
            code="unexpected_answer",
        )


def _ids(resources: list[Process]) -> str:
    return ", ".join(str(each["id"]) for each in resources)


def _plan_absent(resource: Resource, scope: str, plan: Plan) -> None:
    if plan.live is None:
        return
    reason = resource.undeletable(plan.live)
    if reason:
        plan.problems.append(Problem("state", reason))
    for field in resource.fields:
        want = plan.entry.options.get(field.option)
        if want is None or field.on_update:
            continue
        have = field.live(plan.live, want)
        # A matching id or key is not enough to delete a resource of another type.
        if not field.shape.same(want, have):
            shows = "not shown" if have is UNKNOWN else have
            what = (
                f"is {shows} for {plan.address.words}, so the task may mean another {resource.noun}"
            )
            plan.problems.append(Problem(field.option, what))
    values = {field.option: _shown_whole(field.live(plan.live)) for field in resource.fields}
    plan.before = {option: value for option, value in values.items() if not is_empty(value)}
    plan.steps = [Step("delete", "DELETE", item_path(resource, scope, plan.live), None)]


def _plan_update(resource: Resource, scope: str, plan: Plan, live: Process) -> None:
    options, clear = plan.entry.options, plan.entry.clear
    plan.problems += resource.rules(options, live.get("type") or options.get("type"), False)
    body: dict[str, Any] = {}
    cleared: list[str] = []
    for field in resource.fields:
        option, want = field.option, options.get(field.option)
        if option in clear:
            body.update(_clearing(field, plan, live))
            continue
        unset = _unset(field, plan)
        if want is None and not unset:
            continue
        have = field.live(live, want)
        wanted = with_nulls(want, unset)
        plan.before[option] = plan.after[option] = wanted
        set_now = [each for each in unset if have is UNKNOWN or is_set(field, have, each)]
        if not set_now and (want is None or field.shape.same(want, have)):
            continue
        if not field.on_update:
            what = _unchangeable(resource, field, plan, live, have)
            plan.problems.append(Problem(option, what))
            continue
        value = have if want is None else field.shape.complete(want, have)
        nulls = [
            each
            for each in unset
            if field.shape.takes_null(value, each)
            or (each in set_now and (have is UNKNOWN or at(value, each) is not None))
        ]
        value = with_nulls(value, nulls)
        cleared += (f"{option}.{each}" for each in nulls)
        plan.before[option] = _changing(wanted, value, have)
        body[field.wire] = field.shape.encode(value, have)
    plan.process = live
    if body:
        step = _update(resource, item_path(resource, scope, live), body)
        plan.steps = [step._replace(cleared=tuple(cleared))]
        plan.process = resource.predict(scope, live, body)


def _unset(field: Field, plan: Plan) -> list[str]:
    """Return the settings of a field that an entry clears, as dotted names below the option."""
    return [each for each in field.unsettable if f"{field.option}.{each}" in plan.entry.clear]


def _clearing(field: Field, plan: Plan, live: Process) -> dict[str, Any]:
    """Return the part of a body that clears a whole field; nothing if it is empty already."""
    have = field.live(live)
    plan.before[field.option] = plan.after[field.option] = None
    if is_empty(have):
        return {}
    plan.before[field.option] = _shown_whole(have)
    return {field.wire: field.empty(have)}


def _shown_whole(have: Any) -> Any:
    """Return a whole live value for a diff: nothing for an unknown one, and no nulls inside."""
    return without_nulls(shown(None, have))


def _unchangeable(resource: Resource, field: Field, plan: Plan, live: Process, have: Any) -> str:
    """Return the problem of an option that no update accepts, with what to do instead."""
    advice = ""
    if field.on_create:  # else users cannot choose it
        what = "set another name" if plan.address.creates else f"omit {plan.address.kind}"
        delete = "" if resource.undeletable(live) else ", or delete this one first"
        advice = f"; {what} to create a new {resource.noun}{delete}"
    if have is UNKNOWN:
        return f"cannot change, and {plan.address.words} does not show it{advice}"
    return f"cannot change from {have} ({plan.address.words}){advice}"


def _changing(want: Any, value: Any, have: Any) -> Any:
    """Return the live values that a change affects: those of given and of removed keys."""
    before = shown(want, have)
    if isinstance(before, dict) and isinstance(value, dict):
        before.update((key, without_nulls(have[key])) for key in have if key not in value)
    return before


def _plan_create(resource: Resource, scope: str, plan: Plan) -> None:
    plan.problems += resource.rules(plan.entry.options, plan.entry.options.get("type"), True)
    options = resource.with_defaults(plan.entry.options)
    first: dict[str, Any] = {}
    then: dict[str, Any] = {}
    cleared: list[str] = []
    for field in resource.fields:
        want = options.get(field.option)
        if want is None:
            first.update(_kept_empty(field, plan))
            continue
        unset = _unset(field, plan)
        cleared += (f"{field.option}.{each}" for each in unset)
        want = with_nulls(want, [each for each in unset if field.shape.takes_null(want, each)])
        plan.after[field.option] = want
        (first if field.on_create else then)[field.wire] = field.shape.encode(want, None)
    collection = resource.collection.format(scope=quote(scope, safe=""))
    plan.steps = [Step("create", "POST", collection, first, cleared=tuple(cleared))]
    plan.process = resource.predict(scope, {}, {**first, **then})
    if then:
        plan.steps.append(_update(resource, item_path(resource, scope, None), then))


def _kept_empty(field: Field, plan: Plan) -> dict[str, Any]:
    """Return the part of a POST that keeps a cleared text empty, for which the service may have a
    default; nothing for any other field."""
    type_ = plan.entry.options.get("type")
    if field.option not in plan.entry.clear or (field.only_for and type_ not in field.only_for):
        return {}
    empty = field.empty(None)
    return {field.wire: empty} if isinstance(empty, str) else {}


def _update(resource: Resource, path: str, body: dict[str, Any]) -> Step:
    needs_deployment = any(resource.field_of(wire).needs_deployment for wire in body)
    return Step("update", "PATCH", path, body, needs_deployment)


def item_path(resource: Resource, scope: str, process: Process | None) -> str:
    """Return the path of a process, or of one that is yet to be created."""
    process_id = NEW_ID if process is None else quote(str(process["id"]), safe="")
    return resource.item.format(scope=quote(scope, safe=""), id=process_id)
