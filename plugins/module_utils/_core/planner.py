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

from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import quote

from .failure import Failure, Problem
from .fields import UNKNOWN, Field, Options, Process, at, is_empty, shown, with_null
from .near_misses import NearMiss, close, respelled
from .resource import Address, Entry, Key, Resource

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
    """What one entry needs. ``live`` is the resource before, None when there is none;
    ``process`` the resource as it would be after, which answers to ``keys`` then;
    ``new_identity`` are those of the keys that are new and that no other may answer to;
    ``before`` and ``after`` the managed fields. ``near`` has the live ones that a missing one
    may be."""

    entry: Entry
    address: Address
    live: Process | None
    process: Process | None = None
    before: Options = field(default_factory=dict)
    after: Options = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    keys: tuple[Key, ...] = ()
    new_identity: tuple[Key, ...] = ()
    near: list[NearMiss] = field(default_factory=list)

    @property
    def deletes(self) -> bool:
        """Whether its process is to go."""
        return self.entry.state == "absent"

    @property
    def action(self) -> str:
        """What its first step does, ``none`` without steps."""
        return self.steps[0].action if self.steps else "none"

    @property
    def renames(self) -> bool:
        """Whether what is unique of its resource is changed, so that it may meet another's."""
        return self.live is not None and bool(self.new_identity)

    @property
    def deployment_required(self) -> bool:
        """Whether a step takes effect at the next deployment."""
        return any(step.deploys for step in self.steps)


class Live:
    """The live resources of a scope, each read once, and found by the keys that it answers to."""

    def __init__(self, resource: Resource, resources: list[Process]) -> None:
        self.all = resources
        self._found: dict[Key, list[Process]] = {}
        self._keys: dict[int, tuple[Key, ...]] = {}
        for each in resources:
            self._keys[id(each)] = tuple(dict.fromkeys(resource.answers_to(each)))
            for key in self._keys[id(each)]:
                self._found.setdefault(key, []).append(each)

    def find(self, key: Key) -> list[Process]:
        """Return the resources that answer to a key."""
        return self._found.get(key, [])

    def keys(self, resource: Process | None) -> tuple[Key, ...]:
        """Return the keys that one of the resources answers to; none for None."""
        return self._keys.get(id(resource), ())

    def unclear(self, kinds: set[str]) -> list[Process]:
        """Return the resources that do not show what a key of some kinds is made of."""
        hidden = {id(each) for kind in kinds for each in self.find((kind, UNKNOWN))}
        return [each for each in self.all if id(each) in hidden] if hidden else []

    def names(self, kind: str) -> list[str]:
        """Return the names of a kind that the resources answer to."""
        keys = [key for key in self._found if key[0] == kind and len(key) > 1]
        return sorted({_name(key) for key in keys if None not in key and UNKNOWN not in key})


def _name(key: Key) -> str:
    """Return the values of a key as one text."""
    return " ".join(",".join(each) if isinstance(each, tuple) else str(each) for each in key[1:])


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
    going = {id(made.live) for made in pruned}
    _refuse_same(resource, plans)
    _refuse_alike(resource, plans, live, [each for each in others if id(each) not in going])
    _find_near(resource, plans, live, others)
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
            _refuse(made, _same(resource, first, made))


def _refuse_alike(resource: Resource, plans: list[Plan], live: Live, others: list[Process]) -> None:
    """Refuse the plans after which the next run could not tell two resources apart.

    ``others`` are the live ones that stay as they are. Two that were alike before may stay so.
    """
    order = {id(made): number for number, made in enumerate(plans)}
    holders: dict[Key, list[Plan | Process]] = {}
    for made in plans:
        for key in made.keys:
            holders.setdefault(key, []).append(made)
    for other in others:
        for key in live.keys(other):
            holders.setdefault(key, []).append(other)
    for made in plans:
        for key in made.new_identity:
            rival = next((each for each in holders[key] if each is not made), None)
            if isinstance(rival, Plan):
                first, second = sorted((made, rival), key=lambda each: order[id(each)])
                _refuse(second, _becomes_same(resource, key, first, second))
            elif rival is not None:
                what = (
                    f"{resource.noun} {rival['id']} has the same {key[0]} already, and the next "
                    "run could not tell the two apart; choose another"
                )
                made.problems.append(Problem(resource.unique[key[0]], what))
    for made in plans:
        # What is addressed by its id or key is told from all others.
        for rival in holders.get(made.address.keys[0], ()) if made.address.creates else ():
            if isinstance(rival, Plan) and rival is not made and rival.steps:
                _refuse(
                    max(made, rival, key=lambda each: order[id(each)]),
                    f"{made.entry.where}, the {made.address.words}, would mean {rival.entry.where} "
                    f"as well afterwards{'; give its id' if made.live else ''}",
                )
                break


def _refuse(made: Plan, what: str) -> None:
    """Refuse an entry because of another one; it is told of one only."""
    if all(problem.option for problem in made.problems):
        made.problems.append(Problem("", what))


def _same(resource: Resource, first: Plan, second: Plan) -> str:
    return f"is the same {resource.noun} as {first.entry.where}, the {second.address.words}"


def _becomes_same(resource: Resource, key: Key, first: Plan, second: Plan) -> str:
    if first.live is None and second.live is None:
        return _same(resource, first, second)
    addresses = [made.address for made in (first, second) if made.address.keys[-1] == key]
    address = (
        addresses[0] if addresses else resource.address(resource.known_by(first.process or {}))
    )
    return (
        f"would be the same {resource.noun} as {first.entry.where} afterwards, the "
        f"{address.words}; choose another {resource.unique[key[0]]} for one of the two"
    )


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


_CLOSE_AMONG = 50
"""Among how many live resources misspelt names are looked for: comparing takes its time, and a
list that speaks of none of so many is no slip of the pen."""


def _find_near(resource: Resource, plans: list[Plan], live: Live, others: list[Process]) -> None:
    """Note which live resources, of those that no entry addresses, a missing one may be."""
    missing = [made for made in plans if made.live is None and made.address.kind in resource.unique]
    if not missing:
        return
    named = [
        NearMiss(str(each["id"]), key[0], _name(key), True)
        for each in others
        for key in live.keys(each)
        if key[0] in resource.unique and None not in key and UNKNOWN not in key
    ]
    by_spelling: dict[tuple[str, str], list[NearMiss]] = {}
    for each in named:
        by_spelling.setdefault((each.kind, respelled(each.name)), []).append(each)
    for made in missing:
        kind, name = made.address.kind, _name(made.address.keys[-1])
        made.near = by_spelling.get((kind, respelled(name)), [])
        if not made.near and not made.deletes and len(others) <= _CLOSE_AMONG:
            made.near = [
                each._replace(respelled=False)
                for each in named
                if each.kind == kind and close(name, each.name)
            ]


def alternatives(address: Address, live: Live) -> str:
    """Return a sentence with the names that a name which does not exist may have been meant to
    be, and with all that there are when they are few; "" for an id."""
    if address.kind in ("id", "type"):
        return ""
    names, wanted = live.names(address.kind), _name(address.keys[-1])
    near = [name for name in names if respelled(name) == respelled(wanted) or close(wanted, name)]
    meant = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    return meant + (f" There are: {', '.join(map(repr, names))}." if 0 < len(names) <= 10 else "")


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


def unstored(
    resource: Resource,
    body: dict[str, Any],
    process: Process,
    cleared: tuple[str, ...] = (),
    zeros: bool = True,
) -> list[str]:
    """Return the options that a body set, or ``cleared``, and that the response does not show.

    Without ``zeros`` a 0 that the service shows as null does not count.
    """
    missed = []
    for wire, value in body.items():
        known = resource.field_of(wire)
        want = known.shape.decode(value)
        have = known.live(process, want)
        if not zeros:
            want = _without_zeros(want, have)
        if not (is_empty(have) if is_empty(want) else known.shape.same(want, have)):
            missed.append(known.option)
    for option in cleared:
        name, _, path = option.partition(".")
        known = next(field for field in resource.fields if field.option == name)
        if _is_set(known, known.live(process), path):
            missed.append(option)
    return missed


def zeroed(resource: Resource, body: dict[str, Any], process: Process) -> list[str]:
    """Return the settings, as ``config.rest``, that a body set to 0 and an answer shows as null."""
    found: list[str] = []
    for wire, value in body.items():
        known = resource.field_of(wire)
        want = known.shape.decode(value)
        found += _zeroed(known.option, want, known.live(process, want))
    return found


def _zeroed(name: str, want: Any, have: Any) -> list[str]:
    if isinstance(want, dict) and isinstance(have, dict):
        return [zero for key in want for zero in _zeroed(f"{name}.{key}", want[key], have.get(key))]
    return [name] if _is_zeroed(want, have) else []


def _without_zeros(want: Any, have: Any) -> Any:
    if isinstance(want, dict) and isinstance(have, dict):
        return {
            key: _without_zeros(value, have.get(key))
            for key, value in want.items()
            if not _is_zeroed(value, have.get(key))
        }
    return None if _is_zeroed(want, have) else want


def _is_zeroed(want: Any, have: Any) -> bool:
    return want == 0 and want is not False and have is None


def changed_meanwhile(
    resource: Resource, entry: Entry, written: set[str], process: Process
) -> list[str]:
    """Return the options of an entry that an answer shows otherwise, although no body set them.

    ``written`` has the keys of the bodies. What the answer does not have is not told.
    """
    changed = []
    for known in resource.fields:
        want, clear = entry.options.get(known.option), known.option in entry.clear
        if known.wire in written or (want is None and not clear):
            continue
        have = known.live(process, want)
        if have is not UNKNOWN and not (is_empty(have) if clear else known.shape.same(want, have)):
            changed.append(known.option)
    return changed


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
            made.problems.append(Problem(option, what + _instead(resource, known, made, live)))
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
