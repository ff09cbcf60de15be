# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Do the same with many things, several at a time, until something interrupts it.

This module is private to the collection.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
from typing import Callable, TypeVar

Item = TypeVar("Item")

NAME = "evenkeel.paas"
"""The name of the threads."""


def do_each(
    do: Callable[[Item], None], items: Iterable[Item], threads: int, stop: Callable[[], None]
) -> None:
    """Call ``do`` with each item, ``threads`` at a time.

    Raises what ``do`` raised, after all threads have ended. Whatever interrupts the waiting for
    them (a task's timeout, Ctrl-C) is raised at once, after ``stop``. The threads are not waited
    for then, since a request that is under way may take long; they end with the process at the
    latest, which a ThreadPoolExecutor's would hold up.
    """
    waiting = deque(items)
    errors: list[BaseException] = []

    def work() -> None:
        try:
            while waiting and not errors:
                try:
                    item = waiting.popleft()
                except IndexError:  # another thread was faster
                    break
                do(item)
        except BaseException as error:
            errors.append(error)
            stop()

    workers = [threading.Thread(target=work, name=NAME, daemon=True) for _number in range(threads)]
    try:
        for worker in workers:
            worker.start()
        for worker in workers:
            while worker.is_alive():
                worker.join(0.1)  # A signal that another thread gets would not end a longer one.
    except BaseException:
        waiting.clear()
        stop()
        raise
    if errors:
        raise errors[0]
