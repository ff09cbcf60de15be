# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Suggestions for a name that does not exist: the one that was probably meant, and all there are.

This module is private to the collection.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

MOST_LISTED = 10
"""How many names a message lists at most."""

_SHORTEST = 3
"""From how many characters on a text resembles anything."""


_CLOSE = 0.8
"""How alike two words are, from 0 to 1, of which one may be the other misspelt."""


class NearMiss(NamedTuple):
    """A live resource whose name, of a kind such as ``display_name``, is nearly a missing one.

    ``respelled`` is true for a name that differs in case and blanks alone.
    """

    id: str
    kind: str
    name: str
    respelled: bool


def respelled(name: str) -> str:
    """Return what is left of a name when case and blanks do not matter."""
    return "".join(name.split()).casefold()


def close(one: str, other: str) -> bool:
    """Tell whether two names differ in one word at most, and in that word only a little.

    Words that differ in their digits alone are close and not meant: ``mail 1`` and ``mail 2``.
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
    from difflib import SequenceMatcher  # seldom needed, and not quick to import

    return SequenceMatcher(None, word, another).ratio() >= _CLOSE


def did_you_mean(wanted: str, names: list[str]) -> str:
    """Return a sentence with the names that are nearly a missing one, and with all when few."""
    near = [name for name in names if respelled(name) == respelled(wanted) or close(wanted, name)]
    meant = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    return meant + (
        f" There are: {', '.join(map(repr, names))}." if 0 < len(names) <= MOST_LISTED else ""
    )


def closest(wanted: str, names: Iterable[str]) -> str | None:
    """Return the name that was probably meant, or None if none of them is close.

    That is a name that differs in case or blanks alone, else one that begins like it, else one
    that is spelled similarly, else one that contains it. Of names that differ in case or blanks
    alone the first one counts.
    """
    from difflib import get_close_matches  # needed by failures alone

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
