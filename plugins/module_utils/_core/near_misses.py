# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names that resemble one that does not exist, and the hint about them in a message."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

_MOST_LISTED = 10
"""The maximum number of names in a message."""

_SHORTEST = 3
"""The minimum number of characters of a text that is compared with others."""

_CLOSE = 0.8
"""The similarity, from 0 to 1, at which one word may be a misspelling of another."""


class NearMiss(NamedTuple):
    """A live resource whose name resembles a missing one. ``kind`` is such as ``display_name``."""

    id: str
    kind: str
    name: str


def folded(name: str) -> str:
    """Return a name without whitespace and case, and with each letter in one Unicode form."""
    from unicodedata import normalize  # rarely needed

    return normalize("NFC", "".join(name.split()).casefold())


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
    from difflib import get_close_matches  # rarely needed, slow to import

    # It rejects most words cheaply.
    return bool(get_close_matches(another, [word], cutoff=_CLOSE))


def closest(wanted: str, names: Iterable[str]) -> str | None:
    """Return the existing name that is probably meant by a missing one, or None.

    In this order: a name that differs only in case or whitespace, one that begins with it, one
    with a similar spelling, one that contains it. Of names that differ only in case or whitespace
    the first one counts.
    """
    from difflib import get_close_matches  # only failures need it

    spelled: dict[str, str] = {}
    for name in names:
        spelled.setdefault(folded(name), name)
    key = folded(wanted)
    if key in spelled:
        return spelled[key]
    if len(key) < _SHORTEST:
        return None
    beginning = [each for each in spelled if each.startswith(key)]
    similar = get_close_matches(key, spelled, n=1)
    containing = [each for each in spelled if key in each]
    for found in (beginning, similar, containing):
        if found:
            return spelled[min(found, key=len)]
    return None


def did_you_mean(wanted: str, names: Iterable[str]) -> str:
    """Return a question with the closest name, after a space, or ""."""
    name = closest(wanted, names)
    return f" Did you mean {name!r}?" if name else ""


def listing(known: Iterable[Iterable[str]], owner: str) -> str:
    """Return a sentence with all names, after a space, or "" if there are too many or none.

    Each of ``known`` has the names of one thing, the best first. ``owner`` has the things, such as
    ``Sevalla``.
    """
    things = filter(None, ([name for name in dict.fromkeys(names) if name] for names in known))
    labels = sorted(f"{first} ({', '.join(more)})" if more else first for first, *more in things)
    return f" {owner} has {', '.join(labels)}." if 0 < len(labels) <= _MOST_LISTED else ""


def hint(wanted: str, known: Iterable[Iterable[str]], owner: str) -> str:
    """Return what a message adds about a name that does not exist: the closest one, and all names
    if they are few. See ``listing`` for ``known`` and ``owner``."""
    known = [list(names) for names in known]
    return did_you_mean(wanted, (name for names in known for name in names)) + listing(known, owner)


def no_size(wanted: str, names: Iterable[str], vendor: str) -> str:
    """Return the problem of a size that does not exist, with all sizes that do."""
    names = sorted(names)
    name = closest(wanted, names)
    question = f" (did you mean {name!r}?)" if name else ""
    return f"there is no size {wanted!r}{question}; {vendor} has {', '.join(names)}"
