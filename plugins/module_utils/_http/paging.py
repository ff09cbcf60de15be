# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pagination that both services share; each service's own is in its ``pages.py``."""

from __future__ import annotations

from typing import Any

from .._core.failure import Failure
from .._core.fields import at
from .client import Client

PAGES = 1000
"""The maximum number of pages, more than any list has: it ends an endless pagination."""


def items_of(client: Client, page: Any, path: str) -> list[Any]:
    """Return the items of a page, its ``data``; raise Failure if there is no such list."""
    items = at(page, "data")
    if not isinstance(items, list):
        raise client.unexpected("GET", path, "something that is not a list with data")
    return items


def refuse_shrunk(path: str, before: Any, total: Any) -> None:
    """Raise Failure if the total of a list is lower on a page than on the page before.

    An item that is deleted during the pagination moves others to the page before: they are missed.
    """
    if isinstance(before, int) and isinstance(total, int) and total < before:
        raise Failure(
            f"GET {path}: the list became shorter while it was read, because something in it was "
            "deleted. Run the task again.",
            code="conflict",
        )


def unseen(client: Client, items: list[Any], seen: set[str], path: str) -> list[Any]:
    """Return the items that no earlier page had, each once, and add their ids to ``seen``.

    Pages can overlap: an item that is added during the pagination shifts others to the next page.
    Raises Failure for a page without new items.
    """
    ids = [str(item.get("id") if isinstance(item, dict) else item) for item in items]
    new = list({each: item for item, each in zip(items, ids) if each not in seen}.values())
    if items and not new:
        raise client.unexpected("GET", path, "a page that repeats the ones before")
    seen.update(ids)
    return new
