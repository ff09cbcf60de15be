# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which requests are repeated, and after how many seconds.

A 429, or a connection that was never made, is repeated for every method, since nothing was acted
on. A connection that was lost later, or a 5xx, is repeated for GET, PATCH and DELETE alone.
Imported only once something went wrong, as most tasks need none of it.

This module is private to the collection.
"""

from __future__ import annotations

import email.utils
import random
import ssl
import time
from typing import Any

from .settings import Service

try:
    from requests.exceptions import ConnectTimeout, RequestException, SSLError
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
except ImportError:  # reported by _engine/module.py, before anything of this file is used
    pass

_SAFE_METHODS = ("GET", "PATCH", "DELETE")
_PASSING_STATUSES = (500, 502, 503, 504)
_LONGEST_BACKOFF = 120.0


def is_repeatable(method: str, status: int | None, lost: Exception | None) -> bool:
    """Return whether a request may be sent again, by the status or by the error that it got."""
    if lost is not None:
        return never_connected(lost) or (method in _SAFE_METHODS and not cannot_be_sent(lost))
    return status == 429 or (method in _SAFE_METHODS and status in _PASSING_STATUSES)


def cannot_be_sent(error: Exception) -> bool:
    """Return whether an error says that the request was not sent, and cannot be."""
    refused = isinstance(error, SSLError) and any(
        isinstance(cause, ssl.SSLCertVerificationError)
        for cause in getattr(_reason(error), "args", ())
    )
    # Any other exception than a RequestException, or a ValueError, is raised before sending.
    return refused or isinstance(error, ValueError) or not isinstance(error, RequestException)


def never_connected(error: Exception) -> bool:
    """Return whether a request was not sent, because no connection was made."""
    return isinstance(error, ConnectTimeout) or isinstance(
        _reason(error), (NewConnectionError, ConnectTimeoutError)
    )


def _reason(error: Exception) -> object:
    cause = error.args[0] if error.args else None
    return getattr(cause, "reason", None) or cause  # urllib3 before 1.24 does not wrap all of them


def asked_seconds(service: Service, response: Any) -> float | None:
    """Return the seconds that the service asks to wait, None when it asks for none."""
    after = _seconds(response.headers.get("Retry-After"))
    if response.status_code != 429:
        return after
    try:
        reset = float(response.headers.get("x-ratelimit-reset", ""))
    except ValueError:
        return after
    return service.limit_lifts_in(reset, after)


def backoff(repeats: int, limited: bool) -> float:
    """Return the seconds to wait when the service does not say: growing, never the same twice.

    For a limit five of them are longer than the minute by which both services count.
    """
    seconds = min(_LONGEST_BACKOFF, 0.5 * 2.0 ** max(0, min(repeats, 10) - 1))
    if limited:
        return seconds * 8 * random.uniform(1, 1.5)
    return seconds * random.uniform(0.5, 1.5)


def _seconds(retry_after: str | None) -> float | None:
    """Return the seconds of a Retry-After header, which has a number or a date."""
    try:
        return max(0.0, float(retry_after or ""))
    except ValueError:
        pass
    try:
        date = email.utils.parsedate_tz(retry_after or "")
        return None if date is None else max(0.0, email.utils.mktime_tz(date) - time.time())
    except (ValueError, OverflowError):
        return None
