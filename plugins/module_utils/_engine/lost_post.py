# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Retries of a POST whose response was lost, and the search for what it created.

This module is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Callable, TypeVar

from .._core.failure import Failure
from .._http.client import Client

_POSTS = 3
"""The maximum number of attempts of a POST, each only if the previous one stored nothing."""

_LOOK_AFTER = (1.0, 2.0)
"""Seconds before each search for what a lost POST may have stored."""

Seen = TypeVar("Seen")


def posts(client: Client) -> Iterator[None]:
    """Yield once per allowed attempt. Continue only after checking that the previous attempt stored
    nothing."""
    for post in range(min(_POSTS, 1 + client.retries)):
        if post:
            client.count_repeated()
        yield


def looks(client: Client, lost: Failure, read: Callable[[], Seen]) -> Iterator[Seen]:
    """Yield the result of ``read``, each time after a pause. Raise ``lost``, the failure of the
    POST, if no time is left or a read fails."""
    for seconds in _LOOK_AFTER:
        if not client.pause(seconds):
            lost.findings.append(
                "There was no time left (api_max_wait) to look for it in the list."
            )
            raise lost
        try:
            seen = read()
        except Failure as failure:
            lost.findings.append(f"Looking for it in the list failed as well: {failure.message}")
            raise lost from None
        yield seen
