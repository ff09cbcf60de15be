# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Invalid input: strings that try to be paths, values of every wrong type.

This file does not know how a module handles it.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from ansible_collections.evenkeel.paas.tests.emulator import world

TEXTS = [
    "",
    " ",
    "\t \n",
    "\x00",
    "a\x00b",
    "\x1b[31mred",
    "\x7f",
    "\ud800",
    "a\udcff",
    "\u202egnp.exe",
    "\u2028",
    "\ufeff",
    "e\u0301",
    "\U0001f6a2" * 3,
    "x" * 300,
    "y " * 3000,
    "..",
    ".",
    "../..",
    "../../applications",
    "/",
    "//evil.example/x",
    "a/b",
    "a b",
    "%2f",
    "%2e%2e%2f",
    "..%2f..%2finstances",
    "a?limit=1",
    "?include=environments",
    "a#b",
    "a;b",
    "a&b=c",
    "a,b",
    ",",
    "a\nb",
    "a\r\nX-Other: 1",
    "a\\b",
    "{process_id}",
    "{scope}{id}{0}{}",
    "%s%(x)s%n",
    "{{ 1 }}",
    "~root",
    "$HOME",
    "null",
    "None",
    "true",
    "0",
    "-0",
    "1e400",
    "10.0",
    "\u0661\u0662",
    "s1",
    "S1 ",
    "@daily",
    "../UTC",
    "shop",
    "Twin",
    "web",
    "process-",
    "process-../..",
    "process-1/../../instances",
    "process-1?include=instance",
    "process-1\n",
    "process-00000000-0000-4000-8000-000000000000",
    "inst-../..",
    "inst-1%2f..",
    "inst-" + "a" * 5000,
    "inst-1",
    "env-../x",
    "env-1",
    "app-..;/",
    "app-1",
    "00000000-0000-0000-0000-000000000000",
    "00000000-0000-4000-8000-000000000000",
    "00000000-0000-4000-8000-000000000000/..",
    "00000000-0000-4000-8000-000000000000\n",
    "{00000000-0000-4000-8000-000000000000}",
    world.SEVALLA_SHOP_ID.upper(),
    world.SEVALLA_SHOP_WEB_ID,
    world.SEVALLA_SIZE_IDS["s2"],
    world.LARAVEL_CLOUD_SHOP_ID,
    world.LARAVEL_CLOUD_PRODUCTION_ID,
    world.LARAVEL_CLOUD_PRODUCTION_APP_ID,
]
NUMBERS = [0, -1, 1, 2, 50, 51, 65536, 2**31, 10**10, 2**63, -(10**30), 10**400, 1.0, 1.5, -0.0]

# Surrogates included: YAML's "\ud800" is one.
texts = st.sampled_from(TEXTS) | st.text(
    st.characters(blacklist_categories=()), min_size=0, max_size=12
)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(NUMBERS),
    st.floats(),
    texts,
)


def values(names: list[str]) -> Any:
    """Generate values of every type; ``names`` are the meaningful keys of a dict."""
    keys = st.sampled_from(names) | texts
    return st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
        max_leaves=5,
    )
