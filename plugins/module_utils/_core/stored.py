# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compare a response with what was written, and with what was not.

This module is private to the collection.
"""

from __future__ import annotations

from typing import Any

from .fields import UNKNOWN, Field, Process, is_empty, is_set
from .resource import Entry, Resource


def unstored(
    resource: Resource,
    body: dict[str, Any],
    process: Process,
    cleared: tuple[str, ...] = (),
    zeros: bool = True,
) -> list[str]:
    """Return the options that a body set, or ``cleared``, but that the response shows differently.

    A setting inside an option is named alone, such as ``config.tries``. Without ``zeros``, a 0
    that the service shows as null does not count.
    """
    missed = []
    for wire, value in body.items():
        field = resource.field_of(wire)
        want = field.shape.decode(value)
        have = field.live(process, want)
        if not zeros:
            want = _without_zeros(want, have)
        if not (is_empty(have) if is_empty(want) else field.shape.same(want, have)):
            settings = _differing(field, want, have)
            missed += [f"{field.option}.{key}" for key in settings] or [field.option]
    for option in cleared:
        name, _dot, path = option.partition(".")
        field = next(field for field in resource.fields if field.option == name)
        if is_set(field, field.live(process), path):
            missed.append(option)
    return missed


def _differing(field: Field, want: Any, have: Any) -> list[str]:
    """Return the keys of ``want`` that differ, if it and the live value are dictionaries."""
    if not isinstance(want, dict) or not isinstance(have, dict):
        return []
    return [key for key, value in want.items() if not field.shape.same({key: value}, have)]


def zeroed(resource: Resource, body: dict[str, Any], process: Process) -> list[str]:
    """Return the settings that a body set to 0 and a response shows as null: ``config.rest``."""
    found: list[str] = []
    for wire, value in body.items():
        field = resource.field_of(wire)
        want = field.shape.decode(value)
        found += _zeroed(field.option, want, field.live(process, want))
    return found


def _zeroed(name: str, want: Any, have: Any) -> list[str]:
    if isinstance(want, dict) and isinstance(have, dict):
        return [zero for key in want for zero in _zeroed(f"{name}.{key}", want[key], have.get(key))]
    return [name] if _is_zeroed(want, have) else []


def _without_zeros(want: Any, have: Any) -> Any:
    if isinstance(want, dict) and isinstance(have, dict):
        return {key: value for key, value in want.items() if not _is_zeroed(value, have.get(key))}
    return None if _is_zeroed(want, have) else want


def _is_zeroed(want: Any, have: Any) -> bool:
    return want == 0 and want is not False and have is None


def changed_meanwhile(
    resource: Resource, entry: Entry, written: set[str], process: Process
) -> list[str]:
    """Return the options of an entry that a response shows differently though no body set them.

    ``written`` has the keys of the bodies. Fields missing from the response are ignored.
    """
    changed = []
    for field in resource.fields:
        want, clear = entry.options.get(field.option), field.option in entry.clear
        if field.wire in written or (want is None and not clear):
            continue
        have = field.live(process, want)
        if have is not UNKNOWN and not (is_empty(have) if clear else field.shape.same(want, have)):
            changed.append(field.option)
    return changed
