# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Laravel Cloud's pagination, by page number.

The page size is fixed at 100, and per_page is ignored (the vendor's Terraform provider).
If a page does not have ``meta.last_page``, ``links.next`` decides, which the last page lacks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Callable

from .._core.fields import at, number
from .._http import paging
from .._http.client import Client


def pages(
    client: Client, path: str, params: dict[str, Any] | None = None
) -> Iterator[dict[str, Any]]:
    """Yield every page of a list, as a JSON:API document."""
    seen: set[str] = set()
    received = 0
    total = None
    for count in range(1, paging.PAGES + 1):
        page, last = _page(client, path, params or {}, count)
        before, total = total, number(at(page, "meta.total"))
        paging.refuse_shrunk(path, before, total)
        yield {**page, "data": paging.unseen(client, page["data"], seen, path)}
        received += len(page["data"])
        if count >= last:
            if isinstance(total, int) and received < total:
                raise client.unexpected("GET", path, f"{received} items of {total} in all")
            return
    raise client.unexpected("GET", path, "a list that does not end")


def ends(client: Client, path: str, oldest_first: Callable[[list[Any]], bool | None]) -> list[Any]:
    """Return the newest items of a list, and perhaps the oldest, with at most three requests, or
    four if the list grows meanwhile.

    They are the first page and, unless that is the newest one, a hundred items from the end.
    ``oldest_first`` returns how a page is ordered, or None if the page does not show it. The oldest
    items are the same in each read, whatever is added in between.
    """
    seen: set[str] = set()
    page, last = _page(client, path, {}, 1)
    first = paging.unseen(client, page["data"], seen, path)
    if oldest_first(first) is False:
        return first
    rest: list[Any] = []
    # Read a whole hundred items, because the last page may have few. It may change while the list
    # is read.
    for count in range(max(2, last - 1), last + 2):
        if count > last:
            break
        page, last = _page(client, path, {}, count)
        rest += paging.unseen(client, page["data"], seen, path)
    return first + rest[-len(first) :]


def _page(
    client: Client, path: str, params: dict[str, Any], count: int
) -> tuple[dict[str, Any], int]:
    """Return one page of a list, and the number of the last page."""
    page = client.get(path, {**params, **({"page": count} if count > 1 else {})})
    items = paging.items_of(client, page, path)
    last = number(at(page, "meta.last_page"))
    if last is None and "links" in page:
        last = count + 1 if at(page, "links.next") else count
    if not isinstance(last, int):
        raise client.unexpected("GET", path, "a list without meta.last_page")
    if count < last and not items:
        raise client.unexpected("GET", path, f"an empty page {count} of {last}")
    return page, last
