# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the engine manages: a kind of resource as a table, and the pure rules beside it.

A subclass says what is special about one kind of resource of one service. Everything here is
pure: nothing of Ansible, requests or the clock is imported.

This module is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, NamedTuple

from .failure import Problem
from .fields import UNKNOWN, Field, Options, Process
from .remark import Remark


class Entry(NamedTuple):
    """What the user wants of one resource: the options that were given, and no others.

    ``where`` is its place in a list of entries, as ``processes[2]``, and empty outside of one.
    """

    options: Options
    clear: tuple[str, ...] = ()
    state: str = "present"
    where: str = ""

    def named(self, option: str) -> str:
        """Return an option of this entry as the user writes it; for "", the entry itself."""
        return ".".join(part for part in (self.where, option) if part)


Key = tuple[Any, ...]
"""A kind of address and its values, as ``("display_name", "queue")``: hashable, so that finding
one resource among many is one lookup. UNKNOWN in the place of the values says that a live
resource does not show them."""


class Address(NamedTuple):
    """How an entry names its resource: in words, and by the keys of a live one.

    The first of ``keys`` that any live resource answers to decides; the last is the widest.
    ``creates`` is true when a missing resource can be created under this address.
    """

    words: str
    keys: tuple[Key, ...]
    creates: bool = True

    @property
    def kind(self) -> str:
        """The kind of its widest key."""
        return str(self.keys[-1][0])


def shown_key(kind: str, live: Process) -> Key:
    """Return the key for a text of a live resource that is called as the kind is."""
    value = live.get(kind, UNKNOWN)
    # An answer may hold anything, and what is not a text cannot be what an entry names.
    return (kind, value if isinstance(value, str) or value is UNKNOWN else None)


def name_keys(kind: str, options: Options) -> tuple[Key, ...]:
    """Return the keys for the name in an entry, which its type narrows."""
    name, type_ = options.get(kind), options.get("type")
    # A single one is found whatever its type, which cannot change.
    narrow = [(f"{kind} and type", name, type_)] if type_ else []
    return (*narrow, (kind, name))


def live_name_keys(kind: str, live: Process, types: Iterable[str]) -> Iterator[Key]:
    """Yield the keys for the name of a live resource."""
    name = shown_key(kind, live)
    yield name
    # One that shows no type may be of any.
    for type_ in [live["type"]] if isinstance(live.get("type"), str) else types:
        yield (f"{kind} and type", name[1], type_)


def name_of(key: Key) -> str:
    """Return the values of a key as one text."""
    return " ".join(",".join(each) if isinstance(each, tuple) else str(each) for each in key[1:])


class Resource:
    """A kind of resource.

    A subclass must set the attributes and write ``address``, ``answers_to``, ``predict`` and
    ``known_by``. It may override every other method; what stands here is right for a resource
    without rules of its own.
    """

    vendor: ClassVar[str]
    """The name of the service, for messages."""

    noun: ClassVar[str] = "process"
    plural: ClassVar[str] = "processes"
    """What messages and result keys call one, and several."""

    collection: ClassVar[str]
    item: ClassVar[str]
    """Path templates with ``{scope}`` (what the resource belongs to) and ``{id}``."""

    fields: ClassVar[tuple[Field, ...]]
    schemas: ClassVar[dict[str, dict[str, Any]]]
    """The JSON Schemas (Draft 7) of the bodies that ``create`` and ``update`` send."""

    unique: ClassVar[dict[str, str]] = {}
    """The kinds of keys that only one resource of a scope may answer to, or entries could not
    tell two apart; and the option that sets each."""

    def address(self, options: Options) -> Address:
        """Return how the options of an entry name its resource."""
        raise NotImplementedError

    def answers_to(self, live: Process) -> Iterator[Key]:
        """Yield every key by which an address may find a live resource, whatever it holds."""
        raise NotImplementedError

    def predict(self, scope: str, before: Process, body: dict[str, Any]) -> Process:
        """Return the resource as the service would show it after it stored a body."""
        raise NotImplementedError

    def known_by(self, live: Process) -> Options:
        """Return the options by which an entry would name a live resource."""
        raise NotImplementedError

    def on_create(self, options: Options) -> Options:
        """Return the options with the defaults that a creation sends for what is not given."""
        filled = dict(options)
        for field in self.fields:
            if field.default is not None:
                given = options.get(field.option)
                filled[field.option] = (
                    field.default if given is None else field.shape.complete(given, field.default)
                )
        return filled

    def check_address(self, options: Options, state: str) -> list[Problem]:
        """Return what is wrong with how an entry names its resource, before anything is read."""
        return []

    def rules(self, options: Options, type_: str | None, creating: bool) -> list[Problem]:
        """Return the problems that several options have together, for a resource of a type."""
        return []

    def body_rules(self, body: dict[str, Any], after: Process) -> list[Problem]:
        """Return what is wrong with a body although its schema accepts it.

        ``after`` is the resource as it would be once the body is stored.
        """
        return []

    def remarks(self, body: dict[str, Any]) -> list[Remark]:
        """Return warnings about values that look wrong and that the service may accept."""
        return []

    def undeletable(self, live: Process) -> str | None:
        """Return the reason why a live resource cannot be deleted, or None."""
        return None

    def option_name(self, path: list[Any]) -> str:
        """Return the option that a place in a body comes from, as ``config.tries``."""
        return ".".join(str(part) for part in path)

    def advice(self, method: str, status: int | None) -> list[str]:
        """Return the sentences to add to the service's own words when it refuses a write."""
        return []

    def field_of(self, wire: str) -> Field:
        """Return the field that a key of a body belongs to."""
        return next(field for field in self.fields if field.wire == wire)
