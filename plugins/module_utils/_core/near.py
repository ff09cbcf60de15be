# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names that are nearly the same: what a missing one may have been meant to be.

This module is private to the collection.
"""

from __future__ import annotations

import re
from typing import NamedTuple

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
    return meant + (f" There are: {', '.join(map(repr, names))}." if 0 < len(names) <= 10 else "")
