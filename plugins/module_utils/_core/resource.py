# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kinds of resources that the engine manages: a table of fields, and pure rules.

A subclass defines one kind of resource of one service. Everything here is pure: it does not
import Ansible, requests or the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, NamedTuple

from .failure import Problem
from .fields import UNKNOWN, Field, Options, Process
from .remark import Remark


class Entry(NamedTuple):
    """What the user wants of one resource: only the given options.

    ``where`` is its position in a list, such as ``processes[2]``, or "".
    """

    options: Options
    clear: tuple[str, ...] = ()
    state: str = "present"
    where: str = ""

    def named(self, option: str) -> str:
        """Return an option of this entry as the user writes it; for "", the entry itself."""
        return ".".join(part for part in (self.where, option) if part)


Key = tuple[Any, ...]
"""A kind of address and its values, such as ``("display_name", "queue")``. It is hashable, so
that finding a resource is one lookup. UNKNOWN instead of the values means that a live resource
does not show them."""


class Address(NamedTuple):
    """How an entry names its resource: in words, and by the keys of a live one.

    The first of ``keys`` that any live resource matches decides; the last is the widest.
    ``creates``: a missing resource can be created under this address.
    """

    words: str
    keys: tuple[Key, ...]
    creates: bool = True

    @property
    def kind(self) -> str:
        """The kind of its widest key."""
        return str(self.keys[-1][0])


def shown_key(kind: str, live: Process) -> Key:
    """Return the key for the string that a live resource has under ``kind``."""
    value = live.get(kind, UNKNOWN)
    # A response may contain anything, but entries name resources by strings only.
    return (kind, value if isinstance(value, str) or value is UNKNOWN else None)


def name_keys(kind: str, options: Options) -> tuple[Key, ...]:
    """Return the keys for the name in an entry, first the one with its type."""
    name, type_ = options.get(kind), options.get("type")
    # The name alone finds a single resource of another type, because the type cannot change.
    narrow = [(f"{kind} and type", name, type_)] if type_ else []
    return (*narrow, (kind, name))


def live_name_keys(kind: str, live: Process, types: Iterable[str]) -> Iterator[Key]:
    """Yield the keys for the name of a live resource."""
    name = shown_key(kind, live)
    yield name
    # A resource that shows no type may have any.
    for type_ in [live["type"]] if isinstance(live.get("type"), str) else types:
        yield (f"{kind} and type", name[1], type_)


def name_of(key: Key) -> str:
    """Return the values of a key as one string."""
    return " ".join(",".join(each) if isinstance(each, tuple) else str(each) for each in key[1:])


class Resource:
    """A kind of resource.

    A subclass must set the attributes and implement ``address``, ``answers_to``, ``predict`` and
    ``identity_options``. It may override the other methods; their defaults suit a resource without
    special rules.
    """

    vendor: ClassVar[str]
    """The name of the service, for messages."""

    noun: ClassVar[str] = "process"
    a_noun: ClassVar[str] = "a process"
    plural: ClassVar[str] = "processes"
    """The singular, without and with its article, and the plural, for messages and result keys."""

    parent: ClassVar[str]
    """What contains these resources, such as ``application``: the scope, in messages."""

    collection: ClassVar[str]
    item: ClassVar[str]
    """Path templates with ``{scope}`` (the id of the parent) and ``{id}``."""

    fields: ClassVar[tuple[Field, ...]]
    schemas: ClassVar[dict[str, dict[str, Any]]]
    """The JSON Schemas (Draft 7) of the bodies that ``create`` and ``update`` send."""

    unique: ClassVar[dict[str, str]] = {}
    """Maps each kind of key that must be unique in a scope, because entries name resources by
    it, to the option that sets it."""

    lists_deleted: ClassVar[bool] = False
    """Whether the service may list a deleted resource for a while, so that its name is taken."""

    def address(self, options: Options) -> Address:
        """Return how the options of an entry name its resource."""
        raise NotImplementedError

    def answers_to(self, live: Process) -> Iterator[Key]:
        """Yield every key by which an address may find a live resource; accept any content."""
        raise NotImplementedError

    def predict(self, scope: str, before: Process, body: dict[str, Any]) -> Process:
        """Return the resource as the service would show it after storing a body."""
        raise NotImplementedError

    def identity_options(self, live: Process) -> Options:
        """Return the options by which an entry would name a live resource."""
        raise NotImplementedError

    def with_defaults(self, options: Options) -> Options:
        """Return the options with the defaults that a POST sends for omitted ones."""
        filled = dict(options)
        for field in self.fields:
            if field.default is not None:
                given = options.get(field.option)
                filled[field.option] = (
                    field.default if given is None else field.shape.complete(given, field.default)
                )
        return filled

    def check_address(self, options: Options, state: str) -> list[Problem]:
        """Return the problems with how an entry names its resource, before anything is read."""
        return []

    def rules(self, options: Options, type_: str | None, creating: bool) -> list[Problem]:
        """Return the problems of combined options, for a resource of a type."""
        return []

    def body_rules(self, body: dict[str, Any], after: Process | None) -> list[Problem]:
        """Return the problems of a body that its schema does not find.

        ``after`` is the predicted resource after the body is stored. It is None if the live one is
        unknown: then only what the body alone decides is a problem.
        """
        return []

    def remarks(self, body: dict[str, Any]) -> list[Remark]:
        """Return warnings about values that look wrong but that the service may accept."""
        return []

    def undeletable(self, live: Process) -> str | None:
        """Return the reason why a live resource cannot be deleted, or None."""
        return None

    def option_name(self, path: list[Any]) -> str:
        """Return the option for a path in a body, such as ``config.tries``."""
        return ".".join(str(part) for part in path)

    def advice(self, method: str, status: int | None) -> list[str]:
        """Return the sentences to append to the service's message when it rejects a write."""
        return []

    def field_of(self, wire: str) -> Field:
        """Return the field with the given wire key."""
        return next(field for field in self.fields if field.wire == wire)
