# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What must not be alike, and what nearly is: for the plans that create or rename something.

This module is private to the collection.
"""

from __future__ import annotations

from .failure import Problem
from .fields import UNKNOWN, Process
from .near_misses import NearMiss, close, respelled
from .plan import Live, Plan, same
from .resource import Key, Resource, name_of


def refuse_alike(resource: Resource, plans: list[Plan], live: Live, others: list[Process]) -> None:
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
                refuse(second, _becomes_same(resource, key, first, second))
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
                refuse(
                    max(made, rival, key=lambda each: order[id(each)]),
                    f"{made.entry.where}, the {made.address.words}, would mean {rival.entry.where} "
                    f"as well afterwards{'; give its id' if made.live else ''}",
                )
                break


def refuse(made: Plan, what: str) -> None:
    """Refuse an entry because of another one; it is told of one only."""
    if all(problem.option for problem in made.problems):
        made.problems.append(Problem("", what))


def _becomes_same(resource: Resource, key: Key, first: Plan, second: Plan) -> str:
    if first.live is None and second.live is None:
        return same(resource, first, second)
    addresses = [made.address for made in (first, second) if made.address.keys[-1] == key]
    address = (
        addresses[0] if addresses else resource.address(resource.known_by(first.process or {}))
    )
    return (
        f"would be the same {resource.noun} as {first.entry.where} afterwards, the "
        f"{address.words}; choose another {resource.unique[key[0]]} for one of the two"
    )


_CLOSE_AMONG = 50
"""Among how many live resources misspelt names are looked for: comparing takes its time, and a
list that speaks of none of so many is no slip of the pen."""


def find_near(resource: Resource, plans: list[Plan], live: Live, others: list[Process]) -> None:
    """Note which live resources, of those that no entry addresses, a missing one may be."""
    missing = [made for made in plans if made.live is None and made.address.kind in resource.unique]
    if not missing:
        return
    named = [
        NearMiss(str(each["id"]), key[0], name_of(key), True)
        for each in others
        for key in live.keys(each)
        if key[0] in resource.unique and None not in key and UNKNOWN not in key
    ]
    by_spelling: dict[tuple[str, str], list[NearMiss]] = {}
    for each in named:
        by_spelling.setdefault((each.kind, respelled(each.name)), []).append(each)
    for made in missing:
        kind, name = made.address.kind, name_of(made.address.keys[-1])
        made.near = by_spelling.get((kind, respelled(name)), [])
        if not made.near and not made.deletes and len(others) <= _CLOSE_AMONG:
            made.near = [
                each._replace(respelled=False)
                for each in named
                if each.kind == kind and close(name, each.name)
            ]
