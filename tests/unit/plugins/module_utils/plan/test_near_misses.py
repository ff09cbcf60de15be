# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which name is suggested for an unknown one, and which names are listed."""

from __future__ import annotations

import pytest

from ansible_collections.evenkeel.paas.plugins.module_utils._core.near_misses import (
    closest,
    did_you_mean,
    listing,
)


@pytest.mark.parametrize(
    ("wanted", "names", "meant"),
    [
        ("workers", ["App", "Workers"], "Workers"),
        ("Queue", ["queue"], "queue"),
        (" my queue", ["my\tQUEUE "], "my\tQUEUE "),
        ("STRASSE", ["straße"], "straße"),
        # A name with the same start is preferred to one that is only similar.
        ("prod", ["preprod", "production"], "production"),
        ("production", ["prod", "staging"], None),
        ("prodution", ["prod", "production", "staging"], "production"),
        ("stage", ["production", "staging"], "staging"),
        ("shopx1y2z", ["shop-x1y2z", "blog-a1b2c"], "shop-x1y2z"),
        ("Berlin", ["Asia/Bishkek", "Europe/Berlin"], "Europe/Berlin"),
        # Of two with the same start, the shorter one is suggested.
        ("stag", ["staging-2", "staging"], "staging"),
        # Of two that differ only in case, the first one is suggested.
        ("Shop", ["shop", "SHOP"], "shop"),
        ("sh", ["shop"], None),
        ("", ["shop"], None),
        ("zebra", ["shop"], None),
        ("shop", [], None),
    ],
)
def test_the_most_similar_name_is_suggested(
    wanted: str, names: list[str], meant: str | None
) -> None:
    assert closest(wanted, names) == meant
    assert did_you_mean(wanted, names) == (f" Did you mean {meant!r}?" if meant else "")


def test_a_blank_name_is_not_suggested_for_an_empty_one() -> None:
    assert closest("shop", ["", " "]) is None


def test_at_most_ten_names_are_listed() -> None:
    ten = [[f"n{number}"] for number in range(10)]
    assert listing(ten, "It") == " It has n0, n1, n2, n3, n4, n5, n6, n7, n8, n9."
    assert listing(list(reversed(ten)), "It") == listing(ten, "It")
    assert listing([*ten, ["n10"]], "It") == ""
    assert listing([], "It") == ""


def test_other_names_are_listed_in_parentheses() -> None:
    """Once, and without those that are not set."""
    known = [["shop-1", "Shop"], ["blog", "blog"], ["", "Wiki"], ["", ""]]
    assert listing(known, "It") == " It has Wiki, blog, shop-1 (Shop)."
