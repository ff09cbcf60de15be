# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans, the steps for one entry, and the live resources that they are computed from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from .failure import Problem
from .fields import UNKNOWN, Options, Process
from .resource import Address, Entry, Key, Resource, name_of

if TYPE_CHECKING:  # imported only when something is created or renamed
    from .near_misses import NearMiss

NEW_ID = "{process_id}"
"""The placeholder in a path for the id of a process that an earlier step creates."""


class Step(NamedTuple):
    """One write. ``path`` may contain NEW_ID; ``body`` is None for a DELETE. ``cleared`` has the
    dotted options that the body sets to null, to clear them."""

    action: str
    method: str
    path: str
    body: dict[str, Any] | None
    needs_deployment: bool = True
    cleared: tuple[str, ...] = ()

    @property
    def request(self) -> str:
        """The step in messages: its method and path."""
        return f"{self.method} {self.path}"

    def as_result(self) -> dict[str, Any]:
        """Return the step as the result's ``plan`` lists it."""
        return {key: getattr(self, key) for key in ("action", "method", "path", "body")}


# Without what nothing uses: generating it costs each task.
@dataclass(repr=False, eq=False)
class Plan:
    """The steps for one entry. ``live`` is the resource before them, None if it does not exist;
    ``process`` is the predicted resource after them, and ``keys`` are its keys; ``new_identity``
    are those of the keys that are new and must be unique; ``before`` and ``after`` are the
    managed fields. If the resource is missing, ``near`` has the live ones that may be meant."""

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
        """Whether the entry wants its process deleted."""
        return self.entry.state == "absent"

    @property
    def creates(self) -> bool:
        """Whether its first step creates a resource."""
        return self.action == "create"

    @property
    def action(self) -> str:
        """The action of its first step, or ``none``."""
        return self.steps[0].action if self.steps else "none"

    @property
    def renames(self) -> bool:
        """Whether it changes a unique key of its resource, which may then collide."""
        return self.live is not None and bool(self.new_identity)

    @property
    def deployment_required(self) -> bool:
        """Whether a step takes effect at the next deployment."""
        return any(step.needs_deployment for step in self.steps)


class Live:
    """The live resources of a scope, indexed by their keys."""

    def __init__(self, resource: Resource, resources: list[Process]) -> None:
        self.all = resources
        self._found: dict[Key, list[Process]] = {}
        self._keys: dict[int, tuple[Key, ...]] = {}
        for each in resources:
            self._keys[id(each)] = tuple(dict.fromkeys(resource.answers_to(each)))
            for key in self._keys[id(each)]:
                self._found.setdefault(key, []).append(each)

    def find(self, key: Key) -> list[Process]:
        """Return the resources that match a key."""
        return self._found.get(key, [])

    def keys(self, resource: Process | None) -> tuple[Key, ...]:
        """Return the keys of one of the resources; none for None."""
        return self._keys.get(id(resource), ())

    def unclear(self, kinds: set[str]) -> list[Process]:
        """Return the resources that do not show the values for a key of the given kinds."""
        hidden = {id(each) for kind in kinds for each in self.find((kind, UNKNOWN))}
        return [each for each in self.all if id(each) in hidden] if hidden else []

    def names(self, kind: str) -> list[str]:
        """Return the sorted names of the resources, as their keys of a kind have them."""
        keys = [key for key in self._found if key[0] == kind and len(key) > 1]
        return sorted({name_of(key) for key in keys if None not in key and UNKNOWN not in key})


def same(resource: Resource, first: Plan, second: Plan) -> str:
    """Return the problem of an entry that means the same resource as an earlier one."""
    return f"is the same {resource.noun} as {first.entry.where}, the {second.address.words}"
