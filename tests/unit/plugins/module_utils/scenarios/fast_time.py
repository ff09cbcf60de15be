# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A clock for a task with threads that skips the time that the whole task sleeps."""

from __future__ import annotations

import threading

from ansible_collections.evenkeel.paas.plugins.module_utils._engine.parallel import NAME


class FastTime:
    """A clock that moves only while all threads of a list sleep. ``slept`` lists by how much."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self._now = 1000.0
        self._wakings: list[float] = []
        self._changed = threading.Condition()

    def clock(self) -> float:
        """Stand in for time.monotonic."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Return when the clock has moved by that much."""
        with self._changed:
            waking = self._now + seconds
            self._wakings.append(waking)
            try:
                while self._now < waking:
                    self._move()
            finally:
                self._wakings.remove(waking)

    def _move(self) -> None:
        threads = [each for each in threading.enumerate() if each.name == NAME]
        first = min(self._wakings)
        if len(self._wakings) < len(threads) or first <= self._now:
            self._changed.wait(0.002)
            return
        self.slept.append(first - self._now)
        self._now = first
        self._changed.notify_all()
