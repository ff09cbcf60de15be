# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Progress output of a long task while it runs."""

from __future__ import annotations

import threading
from typing import Callable

LONG_WAIT = 10
"""Longer waits, in seconds, are shown when they begin, and sums of waits when the task ends."""

Show = Callable[[str, int], None]
"""Shows a line to the user at the given verbosity: 0 is always, 1 is ``-v``."""


def show_nothing(text: str, verbosity: int) -> None:
    """Ignore a line: a module in its own process cannot show anything before it ends."""


class Progress:
    """The progress of one task. Several threads may report to it at a time."""

    def __init__(self, show: Show) -> None:
        self._show = show
        # The displayed counts must not go backwards.
        self._lock = threading.Lock()
        self._writes = 0
        self._done = 0
        self._named: set[str] = set()

    def status(self, kind: str, name: str, status: object, seconds: float) -> None:
        """Show the new status of a deployment or command (``kind``) with the id ``name``,
        ``seconds`` after its start."""
        # An id fills half a line, so it is shown only once.
        if name in self._named:
            self._show(f"{kind}: {status} after {seconds:.0f} s", 0)
        else:
            self._named.add(name)
            self._show(f"{kind} {name}: {status}", 0)

    def expect_writes(self, count: int) -> None:
        """Set the number of writes that the task is about to send."""
        self._writes = count

    def write_done(self, action: str, what: str) -> None:
        """Show, with ``-v``, that ``what`` was created, updated or deleted."""
        with self._lock:
            self._done += 1
            self._show(f"{self._done} of {self._writes} writes done: {action}d {what}", 1)

    def write_failed(self, action: str, what: str) -> None:
        """Show, with ``-v``, that a write failed; the result has the reason."""
        self._show(f"failed to {action} {what}", 1)

    def on_wait(self, reason: str, seconds: float) -> None:
        """Show that a long wait starts, and its reason, such as ``rate limit of Sevalla``."""
        if seconds <= LONG_WAIT:
            return
        with self._lock:
            done = f"{self._done} of {self._writes} writes done, " if self._writes else ""
            self._show(f"{reason}: {done}continuing in {seconds:.0f} s", 0)

    def wait_for_task(self, seconds: float) -> None:
        """Show that the task waits at most ``seconds`` for another task on this machine."""
        self._show(f"waiting for another task on this machine, {seconds:.0f} s at most", 0)

    def detail(self, text: str) -> None:
        """Show a sentence with ``-v``."""
        self._show(text, 1)
