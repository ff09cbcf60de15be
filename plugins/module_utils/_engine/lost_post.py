# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Send a POST so that it never takes effect twice, even if its response is lost."""

from __future__ import annotations

from typing import Callable, TypeVar

from .._core.failure import Failure
from .._http.client import Client

_POSTS = 3
"""The maximum number of attempts of a POST, each only if the previous one stored nothing."""

_LOOK_AFTER = (1.0, 2.0)
"""Seconds before each search for what a lost POST may have stored."""

Created = TypeVar("Created")


def post_once(
    client: Client,
    send: Callable[[], Created],
    look: Callable[[Failure], Created | None],
    unlisted: str,
    is_resent: bool = True,
) -> tuple[Created, bool]:
    """Send a POST that is never repeated blindly; return what it created, and whether ``look`` had
    to find it.

    If the outcome of the POST is unknown, ``look`` gets its failure and reads the list. It returns
    what the POST created, or None if nothing new is listed. It raises a Failure whose outcome is
    unknown if the list is inconclusive. If nothing is found, the POST may be sent again, unless the
    service may still store it or ``is_resent`` is false; in the end, the failure says what is
    ``unlisted``.
    """
    for attempt in range(min(_POSTS, 1 + client.retries)):
        if attempt:
            client.count_repeated()
        try:
            return send(), False
        except Failure as failure:
            if not failure.outcome_unknown:
                raise
            lost = failure
        for seconds in _LOOK_AFTER:
            has_time = client.pause(seconds)
            try:
                found = look(lost)
            except Failure as failure:
                if failure.outcome_unknown:  # not a failure of the read
                    raise
                reason = f"Looking for it in the list failed as well: {failure.message}"
                lost.findings.append(reason)
                raise lost from None
            if found is not None:
                return found, True
            if not has_time:
                lost.findings.append(
                    "It is not listed, and there was no time left (api_max_wait) to look again."
                )
                raise lost
        if not (lost.resendable and is_resent):
            break
    lost.findings.append(unlisted)
    raise lost
