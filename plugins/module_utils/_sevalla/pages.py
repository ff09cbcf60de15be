# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sevalla's pagination, by offset and total (its page on pagination)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .._core.fields import number
from .._http import paging
from .._http.client import Client


def pages(client: Client, path: str) -> Iterator[list[Any]]:
    """Yield the items of every page of a list, 100 at a time.

    The offset grows by the items received; ``total`` ends the list.
    """
    offset = total = 0
    seen: set[str] = set()
    for _page in range(paging.PAGES):
        page = client.get(path, {"limit": 100, "offset": offset})
        items = paging.items_of(client, page, path)
        before, total = total, number(page.get("total"))
        if not isinstance(total, int):
            raise client.unexpected("GET", path, "a list without a total")
        paging.refuse_shrunk(path, before, total)
        offset += len(items)
        if items and offset > total:
            raise client.unexpected("GET", path, f"{offset} items of {total} in all")
        yield paging.unseen(client, items, seen, path)
        if offset >= total:
            return
        if not items:
            raise client.unexpected("GET", path, f"an empty page at {offset} of {total} items")
    raise client.unexpected("GET", path, "a list that does not end")
