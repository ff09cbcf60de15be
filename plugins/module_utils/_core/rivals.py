# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Collisions and near misses of plans that create or rename something."""

from __future__ import annotations

from .failure import Problem
from .fields import UNKNOWN, Process
from .near_misses import NearMiss, close, folded
from .plan import Live, Plan, same
from .resource import Key, Resource, name_of


def refuse_alike(resource: Resource, plans: list[Plan], live: Live, others: list[Process]) -> None:
    """Add a problem to each plan after which the next run could not distinguish two resources.

    ``others`` are the live resources that stay listed. Existing duplicates are allowed.
    """
    matched: dict[Key, list[Plan]] = {}
    for plan in plans:
        for key in plan.keys:
            matched.setdefault(key, []).append(plan)
    others_ids = {id(other) for other in others}
    for plan in plans:
        for key in plan.new_identity:
            rival = next((each for each in matched[key] if each is not plan), None)
            other = next((each for each in live.find(key) if id(each) in others_ids), None)
            if rival:
                first, second = sorted((plan, rival), key=plans.index)
                _refuse(second, _becomes_same(resource, key, first, second))
            elif other:
                what = (
                    f"{resource.noun} {other['id']} already has this {key[0]}, and the next run "
                    "could not distinguish them; choose another one"
                )
                plan.problems.append(Problem(resource.unique[key[0]], what))
    _refuse_also_matched(resource, plans, matched)


def _refuse_also_matched(
    resource: Resource, plans: list[Plan], matched: dict[Key, list[Plan]]
) -> None:
    """Add a problem if the address of an entry will match another entry's resource, although their
    identities differ: the entry gives only a part of its identity, or both create a web process.

    ``matched`` has the plans by the keys that their resources will have.
    """
    for plan in plans:
        # An address that cannot create is an id or a key, which is unique.
        found = matched.get(plan.address.keys[0], []) if plan.address.creates else []
        # One that stays unchanged was compared already, to find the live resource.
        rival = next((each for each in found if each is not plan and each.steps), None)
        if rival:
            advice = f"; set the id in {plan.entry.where}" if plan.live else ""
            _refuse(
                max(plan, rival, key=plans.index),
                f"after this run, {plan.entry.where} (the {plan.address.words}) would also "
                f"match the {resource.noun} of {rival.entry.where}{advice}",
            )


def _refuse(plan: Plan, what: str) -> None:
    """Add to a plan the problem of a collision, unless it has one already."""
    if all(problem.option for problem in plan.problems):
        plan.problems.append(Problem("", what))


def _becomes_same(resource: Resource, key: Key, first: Plan, second: Plan) -> str:
    if first.live is None and second.live is None:
        return same(resource, first, second)
    addresses = [plan.address for plan in (first, second) if plan.address.keys[-1] == key]
    address = (
        addresses[0]
        if addresses
        else resource.address(resource.identity_options(first.process or {}))
    )
    return (
        f"would have the same identity as {first.entry.where} (the {address.words}) after this "
        f"run; choose another {resource.unique[key[0]]} for one of them"
    )


_CLOSE_AMONG = 50
"""The maximum number of live resources to search for misspelled names. Comparisons take time, and
a name that is missing among so many is rarely a misspelling."""


def find_near(resource: Resource, plans: list[Plan], live: Live, others: list[Process]) -> None:
    """Set ``near`` of each plan for a missing resource: the live ``others`` that may be meant."""
    missing = [plan for plan in plans if plan.live is None and plan.address.kind in resource.unique]
    if not missing:
        return
    named = [
        NearMiss(str(each["id"]), key[0], name_of(key))
        for each in others
        for key in live.keys(each)
        if key[0] in resource.unique and None not in key and UNKNOWN not in key
    ]
    by_spelling: dict[tuple[str, str], list[NearMiss]] = {}
    for each in named:
        by_spelling.setdefault((each.kind, folded(each.name)), []).append(each)
    for plan in missing:
        kind, name = plan.address.kind, name_of(plan.address.keys[-1])
        plan.near = by_spelling.get((kind, folded(name)), [])
        if not plan.near and not plan.deletes and len(others) <= _CLOSE_AMONG:
            plan.near = [each for each in named if each.kind == kind and close(name, each.name)]
