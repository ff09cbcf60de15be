# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The retry policy: which requests are repeated, and after how many seconds.

After a 429, if the service is busy, or if no connection was made, every method is repeated, because
the service did nothing. After a lost connection, a timeout or a 5xx, only GET, PATCH and DELETE
are repeated.
Imported only after a failure, because most tasks do not need it.
"""

from __future__ import annotations

import email.utils
import random
import ssl
import time
from typing import Any, NamedTuple

from .settings import Service

try:
    from requests.exceptions import ConnectTimeout, ReadTimeout, RequestException, SSLError
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ReadTimeoutError
except ImportError:  # reported by _engine/module.py before this module is used
    pass

_SAFE_METHODS = ("GET", "PATCH", "DELETE")
_PASSING_STATUSES = (408, 500, 502, 503, 504, 520, 521, 522, 523, 524)
"""408 is a timeout. With those from 520 on, Cloudflare says that it got no response."""

_LONGEST_BACKOFF = 120.0


class Wait(NamedTuple):
    """A wait before a request is repeated: how long, why, and whether the service asked for it."""

    seconds: float
    reason: str
    asked: bool


def wait_before_retry(service: Service, method: str, received: Any, repeats: int) -> Wait | None:
    """Return how long to wait before a request is repeated, or None if it must not be.

    ``received`` is its response, or the exception if the connection was lost. It has been repeated
    ``repeats`` times.
    """
    if isinstance(received, Exception):
        if never_connected(received) or (method in _SAFE_METHODS and not cannot_be_sent(received)):
            return Wait(_backoff(repeats), f"no response from {service.name}", asked=False)
        return None
    status = received.status_code
    limited = status == 429
    busy = status == 422 and service.busy and service.busy.search(received.content)
    passing = method in _SAFE_METHODS and status in _PASSING_STATUSES
    if not (limited or busy or passing):
        return None
    reason = f"rate limit of {service.name}" if limited else f"HTTP {status} from {service.name}"
    seconds = requested_wait(service, received)
    if seconds is None:
        return Wait(_backoff(repeats, limited), reason, asked=False)
    return Wait(seconds, reason, asked=True)


def cannot_be_sent(error: Exception) -> bool:
    """Return whether an error means that the request was not, and cannot be, sent."""
    refused = isinstance(error, SSLError) and any(
        isinstance(cause, ssl.SSLCertVerificationError)
        for cause in getattr(_reason(error), "args", ())
    )
    # requests raises ValueErrors, and what is not a RequestException, before it sends.
    return refused or isinstance(error, ValueError) or not isinstance(error, RequestException)


def never_connected(error: Exception) -> bool:
    """Return whether a request was not sent because no connection was made."""
    return isinstance(error, ConnectTimeout) or isinstance(
        _reason(error), (NewConnectionError, ConnectTimeoutError)
    )


def timed_out(error: Exception) -> bool:
    """Return whether no response arrived, or it stalled partway, for ``timeout`` seconds."""
    # While it reads the body, requests wraps urllib3's timeout in a ConnectionError.
    return isinstance(error, ReadTimeout) or isinstance(_reason(error), ReadTimeoutError)


def _reason(error: Exception) -> object:
    cause = error.args[0] if error.args else None
    return getattr(cause, "reason", None) or cause  # urllib3 before 1.24 does not wrap all


def requested_wait(service: Service, response: Any) -> float | None:
    """Return the seconds that the service asks to wait, or None."""
    after = _seconds(response.headers.get("Retry-After"))
    if response.status_code != 429:
        return after
    try:
        reset = float(response.headers.get("x-ratelimit-reset", ""))
    except ValueError:
        return after
    return service.limit_lifts_in(reset, after)


def _backoff(repeats: int, limited: bool = False) -> float:
    """Return the seconds to wait if the service does not say: exponential, with jitter.

    For a rate limit, five retries take longer than the minute by which both services count.
    """
    seconds = min(_LONGEST_BACKOFF, 0.5 * 2.0 ** max(0, min(repeats, 10) - 1))
    if limited:
        return seconds * 8 * random.uniform(1, 1.5)
    return seconds * random.uniform(0.5, 1.5)


def _seconds(retry_after: str | None) -> float | None:
    """Return the seconds of a Retry-After header, a number or a date; None if malformed."""
    try:
        return max(0.0, float(retry_after or ""))
    except ValueError:
        pass
    try:
        date = email.utils.parsedate_tz(retry_after or "")
        return None if date is None else max(0.0, email.utils.mktime_tz(date) - time.time())
    except (ValueError, OverflowError):
        return None
