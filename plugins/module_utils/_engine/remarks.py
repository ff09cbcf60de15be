# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The warnings of a run: near misses and what ``prune`` deletes.

Imported only if a run has something to send, or a near miss.
"""

from __future__ import annotations

from .._core.near_misses import NearMiss
from .._core.plan import Plan
from .._core.remark import Remark
from .._core.resource import name_of
from .service import Backend


def near_misses(backend: Backend, plans: list[Plan]) -> list[Remark]:
    """Return a warning for each live resource that an entry may mean."""
    return [_near_miss(backend.noun, plan, near) for plan in plans for near in plan.near]


def _near_miss(noun: str, plan: Plan, near: NearMiss) -> Remark:
    if near.name == name_of(plan.address.keys[-1]):
        same = (
            f"{noun.capitalize()} {near.id} has this {near.kind} but another type, so nothing is "
            "deleted. To delete it, omit type."
        )
        return Remark(same, same)
    where = f"{plan.entry.where}: " if plan.entry.where else ""
    so = "nothing is deleted" if plan.deletes else f"a new {noun} is created beside it"
    return Remark(
        f"{where}There is no {plan.address.words}, so {so}. Did you mean {near.name!r}, "
        f"the {near.kind} of {noun} {near.id}?",
        f"{where}The {near.kind} of {noun} {near.id} is similar to the one in the task. "
        f"No {noun} has exactly that one, so {so}.",
    )


def deletions(backend: Backend, what: str, pruned: list[Plan], count: int) -> list[Remark]:
    """Return a warning about what ``prune`` deletes, of ``count`` live resources."""
    if not pruned:
        return []
    summary = f"prune {what} {len(pruned)} of {count} {backend.plural}: "
    words = ", ".join(plan.address.words for plan in pruned)
    ids = ", ".join(str(plan.entry.options["id"]) for plan in pruned)
    return [Remark(f"{summary}{words}.", f"{summary}{ids}.")]
