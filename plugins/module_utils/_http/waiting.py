# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All waiting: how long a task may wait, how long it has waited, and how to stop it."""

from __future__ import annotations

import random
import threading
import time
from typing import Callable

OnWait = Callable[[str, float], None]
"""Called with the reason and the seconds of each wait, by the thread that waits."""


class Waiting:
    """The waiting of one client: no thread sends before ``_resume_at``; ``stop`` ends all waits.

    ``waited_for_tasks`` is the part of ``waited`` that was spent on other tasks on this machine. No
    retry waits beyond ``deadline``, a time of ``clock``, whatever the service asks for.
    """

    clock: Callable[[], float] = staticmethod(time.monotonic)

    def __init__(self, max_wait: float, on_wait: OnWait) -> None:
        self.max_wait = max_wait
        self.waited_for_tasks = 0.0
        self.deadline: float | None = None
        self._on_wait = on_wait
        self._stop = threading.Event()
        # Guards changes of the attributes below; never held while waiting.
        self._lock = threading.RLock()
        self._resume_at = 0.0
        self._counted = 0.0  # up to _resume_at, which may be in the future

    @property
    def waited(self) -> float:
        """The seconds waited so far, including the duration of requests that had to be repeated.

        Threads that wait at the same time count once.
        """
        with self._lock:
            return self._counted - max(0.0, self._resume_at - self.clock())

    @property
    def deadline_is_first(self) -> bool:
        """Whether ``deadline`` ends waiting before ``max_wait`` does."""
        if self.deadline is None:
            return False
        return self.deadline - self.clock() < self.max_wait - self.waited

    @property
    def stopped(self) -> bool:
        """Whether nothing may be sent anymore."""
        return self._stop.is_set()

    def stop(self) -> None:
        """End all waiting for good: from now on, nothing is sent, repeated or looked up."""
        self._stop.set()
        with self._lock:
            self._counted = self.waited
            self._resume_at = min(self._resume_at, self.clock())

    def sleep(self, seconds: float) -> None:
        """Wait until ``seconds`` are over or ``stop`` is called, without counting it."""
        self._stop.wait(seconds)

    def wait_for_turn(self) -> None:
        """Wait until a request may be sent, or ``stop`` is called."""
        while (left := self._resume_at - self.clock()) > 0 and not self.stopped:
            self.sleep(left)

    def pause(self, seconds: float, reason: str = "", asked: bool = False) -> bool:
        """Let no thread send for ``seconds`` from now, and wait until one may.

        A wait that the service ``asked`` for becomes slightly longer. Returns False at once if the
        task may not wait that long.
        """
        with self._lock:
            if self.stopped:
                return True
            now = self.clock()
            latest = now + self.max_wait - self.waited
            if self.deadline is not None:
                latest = min(latest, self.deadline)
            until = now + seconds
            # Many short waits add up to not exactly the maximum.
            if until > latest + 1e-6 or latest <= now:
                return False
            # Threads wait for one limit together: one jitter, one line. Limits are whole seconds.
            is_new = self._resume_at <= now or until > self._resume_at + 1
            if asked and is_new:
                until = min(latest, now + _later(seconds))
            self._count(now, until)
        if is_new:
            self._on_wait(reason, until - now)
        self.wait_for_turn()
        return True

    def count_lost(self, started: float) -> None:
        """Count the time of a request that has to be repeated."""
        with self._lock:
            self._count(started, self.clock())

    def _count(self, start: float, end: float) -> None:
        self._counted += max(0.0, end - max(start, self._resume_at))
        self._resume_at = max(self._resume_at, end)


def _later(seconds: float) -> float:
    """Return slightly more seconds than the service asks for, with jitter: it asks all clients for
    the same, and they do not know of each other."""
    return seconds + random.uniform(0, min(5, 1 + seconds / 10))
