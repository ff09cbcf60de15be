# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rate limits in fixed windows."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Callable


@dataclass(frozen=True)
class Limit:
    """A number of requests in a number of seconds."""

    requests: int
    seconds: int


@dataclass(frozen=True)
class Reading:
    """The position of a request in its window."""

    limit: int
    remaining: int
    reset: int  # seconds until the window ends
    exceeded: bool


@dataclass
class Limiter:
    """Counters of requests by scope."""

    clock: Callable[[], float]
    _windows: dict[str, tuple[float, int]] = field(default_factory=dict)

    def count(self, scope: str, limit: Limit, enforced: bool) -> Reading:
        """Count a request. A limit that is not enforced is not counted."""
        if not enforced:
            return Reading(limit.requests, limit.requests - 1, limit.seconds, False)
        now = self.clock()
        start, used = self._windows.get(scope, (now, 0))
        if now >= start + limit.seconds:
            start, used = now, 0
        reset = math.ceil(start + limit.seconds - now)
        if used >= limit.requests:
            return Reading(limit.requests, 0, reset, True)
        self._windows[scope] = (start, used + 1)
        return Reading(limit.requests, limit.requests - used - 1, reset, False)
