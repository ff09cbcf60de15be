# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one decision: what to send so that the live resources become the wanted ones.

Everything that a run says or does is read off the plan: ``changed`` is "it has steps", the
diff is its before and after, check mode is not sending it. Pure: nothing of Ansible, requests
or the clock is imported here, and a test holds that.

This module is private to the collection.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from .failure import Failure, Problem
from .fields import UNKNOWN, Field, Process, at, is_empty, is_set, shown, with_null
from .plan import NEW_ID, Live, Plan, Step, same
from .resource import Address, Entry, Resource, name_of


def plan(resource: Resource, scope: str, entry: Entry, live: list[Process] | Live) -> Plan:
    """Decide what makes ``live`` what ``entry`` wants.

    Raises Failure ``ambiguous`` when several resources answer to the entry, ``not_found`` when
    none does and none can be created under that address, ``unexpected_answer`` when it cannot
    be determined whether one does.
    """
    live = live if isinstance(live, Live) else Live(resource, live)
    address = resource.address(entry.options)
    made = Plan(entry, address, locate(resource, address, live))
    unclear = live.unclear({address.kind}) if made.live is None else []
    if unclear:
        raise Failure(
            f"{resource.vendor} lists {_ids(unclear)} without what {resource.plural} are known "
            f"by, so whether there is a {address.words} cannot be told.",
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
            f"There is no {address.words}, and none can be created under that address."
            f"{alternatives(address, live)}",
            code="not_found",
        )
    if made.process is not None:
        unchanged = made.process is made.live
        before = live.keys(made.live)
        made.keys = before if unchanged else tuple(resource.answers_to(made.process))
        made.new_identity = tuple(
            key for key in made.keys if key[0] in resource.unique and key not in before
        )
    return made


def plan_list(
    resource: Resource, scope: str, entries: list[Entry], resources: list[Process], prune: bool
) -> list[Plan]:
    """Return the plans of a list of entries in its order, each live resource in one at most.

    With ``prune`` a deletion follows for every live resource that is not in the list and can be
    deleted. Raises Failure as ``plan`` does, for all entries at once.
    """
    live = Live(resource, resources)
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
    addressed = {id(made.live) for made in plans}
    others = [each for each in live.all if id(each) not in addressed]
    pruned = _plan_prune(resource, scope, plans, live, others) if prune else []
    _refuse_same(resource, plans)
    if any(made.new_identity or made.live is None for made in plans):
        from .rivals import find_near, refuse_alike

        going = {id(made.live) for made in pruned}
        refuse_alike(resource, plans, live, [each for each in others if id(each) not in going])
        find_near(resource, plans, live, others)
    return plans + pruned


def in_order(plans: list[Plan]) -> list[Plan]:
    """Updates and creations first, so that nothing is gone before its successor is there."""
    return sorted(plans, key=lambda made: made.deletes)


def _refuse_same(resource: Resource, plans: list[Plan]) -> None:
    """Refuse the plans whose live resource is an earlier plan's too."""
    first_of: dict[int, Plan] = {}
    for made in plans:
        first = first_of.setdefault(id(made.live), made)
        if made.live is not None and first is not made:
            made.problems.append(Problem("", same(resource, first, made)))


def _plan_prune(
    resource: Resource, scope: str, plans: list[Plan], live: Live, others: list[Process]
) -> list[Plan]:
    listed = {id(made.live) for made in plans}
    kinds = {made.address.kind for made in plans}
    unclear = [each for each in live.unclear(kinds) if id(each) not in listed]
    if unclear:
        raise Failure(
            f"{resource.vendor} lists {_ids(unclear)} without what {resource.plural} are known by, "
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


def alternatives(address: Address, live: Live) -> str:
    """Return a sentence with the names that a missing one may have been meant to be, and with
    all that there are when they are few; "" for an id."""
    if address.kind in ("id", "type"):
        return ""
    from .near_misses import did_you_mean

    return did_you_mean(name_of(address.keys[-1]), live.names(address.kind))


def locate(resource: Resource, address: Address, live: Live) -> Process | None:
    """Return the resource that answers to an address; raises Failure ``ambiguous`` for several."""
    found = next(filter(None, map(live.find, address.keys)), [])
    if len(found) > 1:
        ids = [str(process.get("id")) for process in found]
        raise Failure(
            f"{len(found)} {resource.plural} answer to {address.words}: {', '.join(ids)}. "
            "Give id to say which one is meant.",
            code="ambiguous",
            details=ids,
        )
    return found[0] if found else None


def _ids(resources: list[Process]) -> str:
    return ", ".join(str(each["id"]) for each in resources)


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
        set_now = [each for each in unset if have is UNKNOWN or is_set(known, have, each)]
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
            made.problems.append(Problem(option, what + _instead(resource, known, made, live)))
    made.process = live
    if body:
        step = _update(resource, item_path(resource, scope, live), body)
        made.steps = [step._replace(cleared=tuple(cleared))]
        made.process = resource.predict(scope, live, body)


def _has(have: Any) -> str:
    """What a live process has of a field that cannot change, in words."""
    return "does not show it" if have is UNKNOWN else f"has {have}"


def _instead(resource: Resource, known: Field, made: Plan, live: Process) -> str:
    """What to do where an option cannot change, after what is wrong."""
    if not known.on_create:
        return ""  # nobody chooses it, so there is no way to have another
    other = "another name" if made.address.creates else f"no {made.address.kind}"
    delete = "" if resource.undeletable(live) else ", or delete this one first"
    return f"; give {other} to create a new {resource.noun}{delete}"


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
