# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fields of a resource, as data for the planner, the argument spec and the tests.

A value has two forms. The *option form* is what a user writes (``snake_case``, flat, without
nulls); the *wire form* is what the service sends and accepts. Values are compared in the
option form only. Everything here is pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Callable, NamedTuple

Options = dict[str, Any]
Process = dict[str, Any]


class _Unknown:
    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Any = _Unknown()
"""The live value of a field that the response lacks. It equals nothing, not even null."""


def equal(want: Any, have: Any) -> bool:
    """Return whether two scalars are equal. A number equals a string of its digits, because
    services may return one. Booleans equal only booleans, unlike Python's ``True == 1``."""
    if isinstance(want, bool) or isinstance(have, bool):
        return want is have
    return bool(want == (number(have) if isinstance(want, int) else have))


def covers(have: Any, want: Any) -> bool:
    """Return whether ``have`` matches ``want``: in dicts the given keys, in lists every item."""
    if isinstance(want, dict):
        return isinstance(have, dict) and all(
            covers(have.get(key), value) for key, value in want.items()
        )
    if isinstance(want, list):
        return (
            isinstance(have, list)
            and len(have) == len(want)
            and all(covers(*pair) for pair in zip(have, want))
        )
    return equal(want, have)


def overlay(want: Any, have: Any) -> Any:
    """Return ``want``, with its missing keys filled in from ``have``."""
    if isinstance(want, dict) and isinstance(have, dict):
        return {**have, **{key: overlay(value, have.get(key)) for key, value in want.items()}}
    return want


def shown(want: Any, have: Any) -> Any:
    """Return the part of ``have`` that ``want`` covers: the "before" of a diff."""
    if have is UNKNOWN:
        return None
    if isinstance(want, dict) and isinstance(have, dict):
        return {key: shown(value, have.get(key)) for key, value in want.items()}
    return have


def without_nulls(value: Any) -> Any:
    """Return ``value`` without null dict entries, at every depth."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value


def at(value: Any, path: str) -> Any:
    """Return the value at a dotted path of nested dicts, or None."""
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value


def dicts(value: Any) -> list[dict[str, Any]]:
    """Return the dicts in a list; none for anything else."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def with_nulls(value: Any, paths: list[str]) -> Any:
    """Return ``value`` with null at each dotted path, as a copy if there are any."""
    for path in paths:
        key, _dot, rest = path.partition(".")
        have = value if isinstance(value, dict) else {}
        value = {**have, key: with_nulls(have.get(key), [rest]) if rest else None}
    return value


def nullable(schema: dict[str, Any], name: Callable[[str], str]) -> tuple[str, ...]:
    """Return the dotted option names of the nullable settings in a schema.

    ``name`` converts a wire key to an option name.
    """
    found: list[str] = []
    for key, inner in schema.get("properties", {}).items():
        if "properties" in inner:
            found += (f"{name(key)}.{each}" for each in nullable(inner, name))
        elif "null" in inner["type"]:
            found.append(name(key))
    return tuple(found)


def number(value: Any) -> Any:
    """Return an integer for a string of digits, and anything else unchanged."""
    digits = isinstance(value, str) and re.fullmatch(r"\s*-?[0-9]{1,18}\s*", value)
    return int(value) if digits else value


def stripped(value: Any) -> Any:
    """Return a string without the blanks around it, and anything else unchanged."""
    return value.strip() if isinstance(value, str) else value


def renamed(value: Any, name: Callable[[str], str]) -> Any:
    """Return ``value`` with its dict keys renamed, at every depth."""
    if isinstance(value, dict):
        return {name(str(key)): renamed(item, name) for key, item in value.items()}
    if isinstance(value, list):
        return [renamed(item, name) for item in value]
    return value


class Choices(list[Any]):
    """The choices of an option, and null, which means "not managed". Ansible's own check would
    reject an explicit null."""

    def __contains__(self, item: object) -> bool:
        return item is None or super().__contains__(item)


_TYPES = {
    "string": "str",
    "integer": "int",
    "boolean": "bool",
    "object": "dict",
    "array": "list",
}


def argument_spec(
    schema: dict[str, Any], name: Callable[[str], str], whole: bool = False
) -> dict[str, Any]:
    """Return the argument spec of an option whose wire form a JSON Schema describes.

    ``name`` converts a wire key to an option name. The spec has the schema's types and choices,
    but not its ranges: bodies are validated against the schema before a write, with better
    messages. Keys are required only in list items, which are compared ``whole``; elsewhere an
    omitted key keeps its live value.
    """
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    spec: dict[str, Any] = {"type": _TYPES[kinds[0]]}
    if "enum" in schema:
        spec["choices"] = Choices(choice for choice in schema["enum"] if choice is not None)
    if "items" in schema:
        items = argument_spec(schema["items"], name, whole=True)
        spec.update(elements=items.pop("type"), **items)
    if "properties" in schema:
        spec["options"] = {
            name(key): {
                **argument_spec(inner, name),
                **({"required": True} if whole and key in schema.get("required", ()) else {}),
            }
            for key, inner in schema["properties"].items()
        }
    return spec


def is_empty(value: Any) -> bool:
    """Return whether a live value is unset. 0 and false are set."""
    return value is None or value == "" or value == {} or value == []


class Shape(NamedTuple):
    """How to read, compare, complete and send values of one kind.

    ``decode(wire)`` returns the option form; it accepts any JSON. ``same(want, have)``
    compares two option forms. ``complete(want, have)`` adds the live values of omitted keys.
    ``encode(value, have)`` returns the wire form of a completed value. ``takes_null(value, path)``
    returns whether a value that keeps nothing live contains null for a cleared setting.
    """

    decode: Callable[[Any], Any] = lambda wire: wire
    same: Callable[[Any, Any], bool] = lambda want, have: covers(have, want)
    complete: Callable[[Any, Any], Any] = lambda want, have: want
    encode: Callable[[Any, Any], Any] = lambda value, have: value
    takes_null: Callable[[Any, str], bool] = lambda value, path: False


PLAIN = Shape()

TEXT = Shape(same=lambda want, have: have is not UNKNOWN and (want or "") == (have or ""))
"""A string for which the service treats "" and null alike."""

TRIMMED = Shape(decode=stripped)
"""A string around which blanks mean nothing."""


# Without what nothing uses: generating it costs each task.
@dataclass(frozen=True, repr=False, eq=False)
class Field:
    """One settable field of a process.

    ``option`` and ``spec`` are the module's option and its argument spec; ``wire`` is the key
    in request bodies and responses. ``on_create`` and ``on_update`` say whether POST and PATCH
    accept it (if neither does, it is only compared); ``default`` is what a POST sends if it is
    not given. ``empty`` returns the wire value that clears it, from the live value; None if the
    service cannot clear it.
    ``unsettable`` lists the settings inside it that can be cleared alone, as dotted names below
    the option; the whole field is then sent, with null there. ``only_for`` lists the process
    types that have it (all if empty). ``needs_deployment``: a change takes effect at the next one.
    ``clean`` normalizes a given value, and ``read`` returns the live value of a process in the
    form of ``want``. ``written`` reduces a live value to what a user would write.
    """

    option: str
    spec: dict[str, Any]
    wire: str = ""
    shape: Shape = PLAIN
    on_create: bool = True
    on_update: bool = True
    default: Any = None
    empty: Any = None
    unsettable: tuple[str, ...] = ()
    only_for: tuple[str, ...] = ()
    needs_deployment: bool = True
    clean: Callable[[Any], Any] = without_nulls
    read: Callable[[Process, Any], Any] | None = None
    written: Callable[[Any], Any] = lambda value: value

    def __post_init__(self) -> None:
        """Raise ValueError if the definition contradicts itself."""
        if not self.wire:
            object.__setattr__(self, "wire", self.option)
        if self.empty and not self.on_update:
            raise ValueError(f"{self.option}: emptied by a PATCH that does not take it")
        if self.default is not None and not self.on_create:
            raise ValueError(f"{self.option}: has a default for a POST that does not take it")
        if "default" in self.spec or self.spec.get("required"):
            raise ValueError(f"{self.option}: an option that is not given must stay not managed")

    @property
    def clearable(self) -> list[str]:
        """The names that the option ``clear`` accepts for this field."""
        whole = [self.option] if self.empty else []
        return [*whole, *(f"{self.option}.{each}" for each in self.unsettable)]

    def live(self, process: Process, want: Any = None) -> Any:
        """Return the option form of this field in a live process, or UNKNOWN."""
        if self.read is not None:
            return self.read(process, want)
        if self.wire not in process:
            return UNKNOWN
        return self.shape.decode(process[self.wire])


def is_set(field: Field, have: Any, path: str) -> bool:
    """Return whether a setting inside a live value is set to something a user would write."""
    return not is_empty(at(field.written(have), path))
