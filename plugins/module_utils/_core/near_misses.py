# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Suggestions for a name that does not exist: the one that was probably meant, and all there are.

This module is private to the collection.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

MOST_LISTED = 10
"""How many names a message lists at most."""

_SHORTEST = 3
"""From how many characters on a text resembles anything."""


def closest(wanted: str, names: Iterable[str]) -> str | None:
    """Return the name that was probably meant, or None if none of them is close.

    That is a name that differs in case or blanks alone, else one that begins like it, else one
    that is spelled similarly, else one that contains it. Of names that differ in case or blanks
    alone the first one counts.
    """
    from difflib import get_close_matches  # needed by failures alone

    folded: dict[str, str] = {}
    for name in names:
        folded.setdefault(_folded(name), name)
    key = _folded(wanted)
    if key in folded:
        return folded[key]
    if len(key) < _SHORTEST:
        return None
    beginning = [each for each in folded if each.startswith(key)]
    similar = get_close_matches(key, folded, n=1)
    containing = [each for each in folded if key in each]
    for found in (beginning, similar, containing):
        if found:
            return folded[min(found, key=len)]
    return None


def differs_in_writing(wanted: str, name: str) -> bool:
    """Tell whether two different names are equal but for case and blanks."""
    return wanted != name and _folded(wanted) == _folded(name)


def suggestion(wanted: str, names: Iterable[str]) -> str:
    """Return the end of a sentence: ``; did you mean 'production'?``, or just its full stop."""
    name = closest(wanted, names)
    return f"; did you mean {name!r}?" if name is not None else "."


def listing(names: Collection[str]) -> str:
    """Return the names in quotes and in order, or an empty text if they are too many to list."""
    return ", ".join(map(repr, sorted(names))) if len(names) <= MOST_LISTED else ""


def maybe(wanted: str, names: Iterable[str]) -> str:
    """Return the closest name in parentheses, with a blank before it, or ""."""
    close = closest(wanted, names)
    return f" (did you mean {close!r}?)" if close else ""


def hint(wanted: str, known: Iterable[tuple[str, ...]], owner: str) -> str:
    """Return what a message adds about a name that does not exist.

    That is the closest name, and everything that exists when it is at most ten. Each of
    ``known`` has the names of one thing, the best first; ``owner`` is who has them, as
    ``Sevalla``. With nothing to say the hint is "", else it begins with a blank.
    """
    things = [[name for name in dict.fromkeys(names) if name] for names in known]
    close = closest(wanted, (name for names in things for name in names))
    said = f" Did you mean {close!r}?" if close else ""
    labels = sorted(
        f"{names[0]} ({', '.join(names[1:])})" if names[1:] else names[0]
        for names in things
        if names
    )
    return said + (f" {owner} has {', '.join(labels)}." if 0 < len(labels) <= MOST_LISTED else "")


def _folded(name: str) -> str:
    return "".join(name.split()).casefold()
