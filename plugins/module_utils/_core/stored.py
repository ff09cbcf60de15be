# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compare a response with what was written, and with what was not."""

from __future__ import annotations

from typing import Any

from .fields import UNKNOWN, Process, is_empty, is_set, without_nulls
from .resource import Entry, Resource


def unstored(
    resource: Resource, body: dict[str, Any], process: Process, cleared: tuple[str, ...] = ()
) -> list[str]:
    """Return the options that a body set, or ``cleared``, but that the response shows differently.

    A setting inside an option is named alone, such as ``config.tries``.
    """
    missed: list[str] = []
    for wire, value in body.items():
        field = resource.field_of(wire)
        # What a null does to a setting is checked below, for those that were to be cleared.
        want = without_nulls(field.shape.decode(value))
        have = field.live(process, want)
        if is_empty(have) if is_empty(want) else field.shape.same(want, have):
            continue
        inside = want if isinstance(want, dict) and isinstance(have, dict) else {}
        keys = [key for key in inside if not field.shape.same({key: want[key]}, have)]
        missed += [f"{field.option}.{key}" for key in keys] or [field.option]
    for option in cleared:
        name, _dot, path = option.partition(".")
        field = next(field for field in resource.fields if field.option == name)
        if is_set(field, field.live(process), path):
            missed.append(option)
    return missed


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
