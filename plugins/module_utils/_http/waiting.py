# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All waiting: how long a task may wait, how long it has waited, and how to stop it.

This module is private to the collection.
"""

from __future__ import annotations

import random
import threading
import time
from typing import Callable

OnWait = Callable[[str, float], None]
"""Called with the reason and the seconds of each wait, by the thread that waits."""


class Waiting:
    """The waiting of one client: if one thread has to wait, all wait; ``stop`` ends it.

    ``waited`` counts seconds, including the duration of requests that had to be repeated;
    ``waited_for_tasks`` is the part spent on other tasks on this machine. No retry waits beyond
    ``deadline``, a time of ``clock``, whatever the service asks for.
    """

    clock: Callable[[], float] = staticmethod(time.monotonic)

    def __init__(self, max_wait: float, on_wait: OnWait) -> None:
        self.max_wait = max_wait
        self.waited = 0.0
        self.waited_for_tasks = 0.0
        self.deadline: float | None = None
        self._on_wait = on_wait
        self._stop = threading.Event()
        # Guards the attributes below. Nobody holds it while waiting, so ``stop`` never blocks.
        self._changed = threading.Condition()
        self._is_waiting = False
        self._paused = 0.0
        self._counted_until = 0.0

    @property
    def stopped(self) -> bool:
        """Whether nothing may be sent anymore."""
        return self._stop.is_set()

    def stop(self) -> None:
        """End all waiting for good: from now on, nothing is sent, repeated or looked up."""
        self._stop.set()
        with self._changed:
            self._changed.notify_all()

    def sleep(self, seconds: float) -> None:
        """Wait until ``seconds`` are over or ``stop`` is called, without counting it."""
        self._stop.wait(seconds)

    def pause(self, seconds: float) -> bool:
        """Wait, unless that exceeds the task's total; return whether the task may wait."""
        with self._changed:
            self._wait_for_others()
            if self.waited + seconds > self.max_wait + 1e-6:
                return False
            self._begin(seconds)
        self._wait("", seconds)
        return True

    def wait_for_turn(self) -> float:
        """Wait while another thread waits; return the seconds paused so far."""
        with self._changed:
            self._wait_for_others()
            return self._paused

    def wait_to_repeat(
        self, reason: str, seconds: float, asked: bool, paused_before: float
    ) -> bool:
        """Wait before a request is repeated; return whether the task may wait that long.

        Waits of other threads since ``wait_for_turn`` returned ``paused_before`` count: they reduce
        a wait that the service ``asked`` for by their length, and replace a backoff of our own.
        """
        with self._changed:
            self._wait_for_others()
            since = self._paused - paused_before
            if since > 0 and (not asked or since >= seconds):
                return True
            left = self.max_wait - self.waited
            if self.deadline is not None:
                left = min(left, self.deadline - self.clock())
            seconds -= since
            if seconds > left or left <= 0:
                return False
            if asked:
                seconds = min(left, _later(seconds))
            self._begin(seconds)
        self._wait(reason, seconds)
        return True

    def count_lost(self, started: float) -> None:
        """Count the time of a request that has to be repeated, but overlapping time only once."""
        with self._changed:
            ended = self.clock()
            self.waited += max(0.0, ended - max(started, self._counted_until))
            self._counted_until = max(self._counted_until, ended)

    def _wait_for_others(self) -> None:
        self._changed.wait_for(lambda: self.stopped or not self._is_waiting)

    def _begin(self, seconds: float) -> None:
        self._is_waiting = True
        self._paused += seconds
        self.waited += seconds
        self._counted_until = max(self._counted_until, self.clock() + seconds)

    def _wait(self, reason: str, seconds: float) -> None:
        try:
            self._on_wait(reason, seconds)
            self.sleep(seconds)
        finally:
            with self._changed:
                self._is_waiting = False
                if self.stopped:
                    left = max(0.0, self._counted_until - self.clock())
                    self.waited -= min(left, seconds)
                    self._counted_until -= left
                self._changed.notify_all()


def _later(seconds: float) -> float:
    """Return slightly more seconds than the service asks for, with jitter: it asks all clients for
    the same, and they do not know of each other."""
    return seconds + random.uniform(0, min(5, 1 + seconds / 10))
