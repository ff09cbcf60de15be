# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names that are nearly the wanted one, in words for a person.

This module is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable

_ENOUGH = 3
"""How many letters a name must have to stand for a longer one that begins with it."""

_FEW = 10
"""How many names a message lists at most."""


def nearest(wanted: str, names: Iterable[str]) -> str | None:
    """Return the name that is most likely meant, None when none is close.

    A name that differs in case or blanks alone comes first, then one that is spelled alike, then
    one that is longer or shorter (``prod`` for ``production``).
    """
    from difflib import get_close_matches  # needed only when something is missing

    short = _folded(wanted)
    folded: dict[str, str] = {}
    for name in names:
        folded.setdefault(_folded(name), name)
    long = [each for each in folded if min(len(each), len(short)) >= _ENOUGH]
    close = get_close_matches(short, folded, n=1) or [
        each for each in long if each.startswith(short) or short.startswith(each)
    ]
    return folded[min(close, key=len)] if close else None


def differs_in_writing(wanted: str, name: str) -> bool:
    """Tell whether two different names are equal but for case and blanks."""
    return wanted != name and _folded(wanted) == _folded(name)


def _folded(name: str) -> str:
    return "".join(name.casefold().split())


def maybe(wanted: str, names: Iterable[str]) -> str:
    """Return the closest name in parentheses, with a blank before it, or ""."""
    close = nearest(wanted, names)
    return f" (did you mean {close!r}?)" if close else ""


def hint(wanted: str, known: Iterable[tuple[str, ...]], owner: str) -> str:
    """Return what a message adds about a name that does not exist.

    That is the closest name, and everything that exists when it is at most ten. Each of
    ``known`` has the names of one thing, the best first; ``owner`` is who has them, as
    ``Sevalla``. With nothing to say the hint is "", else it begins with a blank.
    """
    things = [[name for name in dict.fromkeys(names) if name] for names in known]
    close = nearest(wanted, (name for names in things for name in names))
    said = f" Did you mean {close!r}?" if close else ""
    labels = sorted(
        f"{names[0]} ({', '.join(names[1:])})" if names[1:] else names[0]
        for names in things
        if names
    )
    return said + (f" {owner} has {', '.join(labels)}." if 0 < len(labels) <= _FEW else "")
