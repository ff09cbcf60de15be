# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A virtual clock for many threads that moves only while all of them sleep."""

from __future__ import annotations

import threading
from typing import Callable

import pytest

from ansible_collections.evenkeel.paas.plugins.module_utils._http.client import Client


class VirtualTime:
    """A clock that jumps to the next wake-up when all threads sleep.

    ``sleep`` and ``now`` replace those of the time module; ``run`` runs functions in parallel.
    """

    def __init__(self, start: float = 1_800_000_000.0) -> None:
        self._now = start
        self._awake = 0
        self._wakings: list[float] = []
        self._changed = threading.Condition()

    def replace_time_of_clients(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let clients wait on this clock."""
        monkeypatch.setattr(Client, "sleep", staticmethod(self.sleep))
        monkeypatch.setattr(Client, "clock", staticmethod(self.now))

    def now(self) -> float:
        """Return the seconds since the epoch on this clock."""
        with self._changed:
            return self._now

    def advance(self, seconds: float) -> None:
        """Move the clock although threads are awake: something takes that long."""
        with self._changed:
            self._now += seconds
            self._changed.notify_all()

    def sleep(self, seconds: float) -> None:
        """Return when the clock has moved by that much."""
        with self._changed:
            waking = self._now + seconds
            self._wakings.append(waking)
            self._rest()
            self._changed.wait_for(lambda: self._now >= waking)
            self._wakings.remove(waking)
            self._awake += 1

    def _rest(self) -> None:
        self._awake -= 1
        if self._awake == 0 and self._wakings:
            self._now = max(self._now, min(self._wakings))
            self._changed.notify_all()

    def run(self, functions: list[Callable[[], None]]) -> None:
        """Run functions in a thread each, and wait for all."""

        def until_done(function: Callable[[], None]) -> None:
            try:
                function()
            finally:
                with self._changed:
                    self._rest()

        self._awake = len(functions)
        threads = [threading.Thread(target=until_done, args=(each,)) for each in functions]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
