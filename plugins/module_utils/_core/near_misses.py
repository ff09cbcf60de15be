# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Suggestions for a name that does not exist: the closest name, and the names that exist.

This module is private to the collection.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

MOST_LISTED = 10
"""The maximum number of names in a message."""

_SHORTEST = 3
"""The minimum number of characters of a text that is compared with others."""


_CLOSE = 0.8
"""The similarity, from 0 to 1, at which one word may be a misspelling of another."""


class NearMiss(NamedTuple):
    """A live resource whose name resembles a missing one. ``kind`` is such as ``display_name``.

    ``respelled`` is true if the names differ only in case and whitespace.
    """

    id: str
    kind: str
    name: str
    respelled: bool


def respelled(name: str) -> str:
    """Return a name without whitespace and case."""
    return "".join(name.split()).casefold()


def close(one: str, other: str) -> bool:
    """Return whether two names differ in at most one word, and in that word only a little.

    Words that differ only in digits are not close: ``mail 1`` and ``mail 2``.
    """
    words, others = (re.findall(r"\w+", name.casefold().replace("_", " ")) for name in (one, other))
    if len(words) != len(others):
        return False
    different = [pair for pair in zip(words, others) if pair[0] != pair[1]]
    if len(different) != 1:
        return not different
    ((word, another),) = different
    if re.sub(r"\d", "", word) == re.sub(r"\d", "", another):
        return False
    from difflib import SequenceMatcher  # rarely needed, slow to import

    return SequenceMatcher(None, word, another).ratio() >= _CLOSE


def did_you_mean(wanted: str, names: list[str]) -> str:
    """Return sentences with the names that resemble a missing one, and with all names if few."""
    near = [name for name in names if respelled(name) == respelled(wanted) or close(wanted, name)]
    meant = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    return meant + (
        f" There are: {', '.join(map(repr, names))}." if 0 < len(names) <= MOST_LISTED else ""
    )


def closest(wanted: str, names: Iterable[str]) -> str | None:
    """Return the name that was probably meant, or None if no name is close.

    In this order: a name that differs only in case or whitespace, one that begins with it, one
    with a similar spelling, one that contains it. Of names that differ only in case or whitespace
    the first one counts.
    """
    from difflib import get_close_matches  # only failures need it

    folded: dict[str, str] = {}
    for name in names:
        folded.setdefault(respelled(name), name)
    key = respelled(wanted)
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


def suggestion(wanted: str, names: Iterable[str]) -> str:
    """Return the end of a sentence: ``; did you mean 'production'?`` or just a full stop."""
    name = closest(wanted, names)
    return f"; did you mean {name!r}?" if name is not None else "."


def listing(names: Collection[str]) -> str:
    """Return the sorted names in quotes, or "" if there are too many to list."""
    return ", ".join(map(repr, sorted(names))) if len(names) <= MOST_LISTED else ""


def maybe(wanted: str, names: Iterable[str]) -> str:
    """Return the closest name in parentheses after a space, or ""."""
    close = closest(wanted, names)
    return f" (did you mean {close!r}?)" if close else ""


def hint(wanted: str, known: Iterable[tuple[str, ...]], owner: str) -> str:
    """Return the hint that a message adds about a name that does not exist.

    It gives the closest name, and all that exist if there are at most ten. Each of ``known``
    has the names of one thing, the best first; ``owner`` has the things, such as ``Sevalla``.
    The hint starts with a space; it is "" if there is nothing to say.
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
