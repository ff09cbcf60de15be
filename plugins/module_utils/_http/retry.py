# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a request is sent again, and how long that waits: urllib3's Retry with the services' rules.

429 is repeated for every method, lost connections and 5xx for GET, PATCH and DELETE alone, a POST
never. Imported only once something went wrong, as most tasks need none of it.

This module is private to the collection.
"""

from __future__ import annotations

import random
import ssl
import time
from typing import Any

try:
    from requests.exceptions import ConnectTimeout, SSLError
    from urllib3.exceptions import (
        ConnectTimeoutError,
        HTTPError,
        InvalidHeader,
        NewConnectionError,
        ProtocolError,
    )
    from urllib3.util import Retry
except ImportError:  # reported by _engine/module.py, before anything of this file is used
    Retry = object  # type: ignore[assignment,misc]

_EPOCH = 10**9


def policy(retries: int) -> Repeating:
    """What decides for each attempt of a request, of which ``retries`` are repetitions at most."""
    return Repeating(
        total=retries,
        backoff_factor=0.5,
        allowed_methods=frozenset({"GET", "PATCH", "DELETE"}),
    )


class Repeating(Retry):
    """urllib3's Retry, with the statuses that are repeated depending on the method."""

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        """429 was not acted on, whatever the method; a 5xx may have been."""
        if status_code == 429:
            return True
        return status_code in (500, 502, 503, 504) and bool(self._is_method_retryable(method))

    def told(self, response: Any) -> float | None:
        """The seconds that the service asks to wait, None when it asks for none.

        Sevalla's x-ratelimit-reset is seconds left (its page on rate limits). Laravel's own
        throttle sends an epoch under the same name, with Retry-After beside it; a clock that
        is off must not matter, so Retry-After goes first then.
        """
        if response is None:
            return None
        reset = _number(response.headers.get("x-ratelimit-reset"))
        if response.status_code != 429:
            reset = None
        if reset is not None and reset < _EPOCH:
            return reset
        after = self._retry_after(response)
        return after if after is not None or reset is None else max(0.0, reset - time.time())

    def backoff(self, response: Any) -> float:
        """The seconds to wait when the service does not say: growing, never the same twice.

        For a limit five of them are longer than the minute by which both services count (Sevalla's
        page on rate limits; Laravel's own throttle).
        """
        seconds = max(0.5, self.get_backoff_time())
        if response is not None and response.status_code == 429:
            return seconds * 8 * random.uniform(1, 1.5)
        return seconds * random.uniform(0.5, 1.5)

    def _retry_after(self, response: Any) -> float | None:
        header = response.headers.get("Retry-After")
        try:
            return None if header is None else float(self.parse_retry_after(header))
        except (InvalidHeader, ValueError, OverflowError):
            return None


def later(seconds: float) -> float:
    """A little later than the service says, each client by another little: they were all told
    the same, and know nothing of each other."""
    return seconds + random.uniform(0, min(5, 1 + seconds / 10))


def _number(text: str | None) -> float | None:
    try:
        return max(0.0, float(text or ""))
    except ValueError:
        return None


def never_connected(error: Exception) -> bool:
    """Tell whether a request was certainly not sent."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, ConnectTimeout) or isinstance(
        reason, (NewConnectionError, ConnectTimeoutError)
    )


def certificate_refused(error: Exception) -> bool:
    """Tell whether TLS ended before anything was sent."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, SSLError) and any(
        isinstance(cause, ssl.SSLCertVerificationError) for cause in getattr(reason, "args", ())
    )


def as_urllib3(error: Exception) -> HTTPError:
    """requests wraps what urllib3 raised; Retry asks for urllib3's own."""
    if never_connected(error):
        return ConnectTimeoutError(str(error))
    return ProtocolError(str(error))
