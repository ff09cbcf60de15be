# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Call a function for many items, several at a time, until something interrupts it."""

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

    Raises the exception of ``do`` after all threads have ended. An interruption (a task's timeout,
    Ctrl-C) is raised at once, after ``stop``, without waiting for the threads, because a request
    under way may take long. The threads are daemons: they end with the process, while those of a
    ThreadPoolExecutor would delay its exit.
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
                worker.join(0.1)  # A signal to another thread would not interrupt a longer join.
    except BaseException:
        waiting.clear()
        stop()
        raise
    if errors:
        raise errors[0]
