# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One task at a time creates in a scope, on one machine.

Neither service keeps names unique: two tasks that read the same list would both create what is
missing. An advisory lock of the operating system lets the first one create and the others find
it. The lock file is empty. Other machines know nothing of it: what they create at the same time
is found by the list that is read after a creation.

This module is private to the collection.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from .._core.failure import Failure
from .._http.client import Client

_LOOK_AGAIN = 0.2
"""Seconds between two attempts to take a lock that another task has."""


class ScopeLock:
    """A lock on one scope of one service.

    Tasks share it while they read. One that creates holds it alone.
    """

    def __init__(self, file: int | None) -> None:
        self._file = file
        # When another task creates right now, what is read before it ends may be old.
        self._shared = file is None or _locked(file, fcntl.LOCK_SH)

    def take(self, client: Client) -> bool:
        """Hold the lock alone; tell whether nobody else can have created since it was shared.

        Raises Failure ``locked`` when another task keeps it for longer than this one may wait.
        """
        if self._file is None:
            return True
        unchanged = self._shared
        while not _locked(self._file, fcntl.LOCK_EX):
            unchanged = False
            if not client.pause(_LOOK_AGAIN):
                raise Failure(
                    "Another task on this machine is creating in the same place, and this task "
                    "may wait no longer (api_max_wait). Run it again.",
                    code="locked",
                )
        return unchanged

    def release(self) -> None:
        """Let the lock go."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


@contextmanager
def shared(*parts: str) -> Iterator[ScopeLock]:
    """Share the lock of a scope, named by the service's address and all that says where.

    Where no lock file can be made (a read-only disk, a folder that somebody else owns) there is
    no lock, and nothing else changes.
    """
    lock = ScopeLock(_open("\0".join(parts)))
    try:
        yield lock
    finally:
        lock.release()


def _open(name: str) -> int | None:
    folder = os.path.join(tempfile.gettempdir(), f"evenkeel.paas-{os.getuid()}")
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        if os.lstat(folder).st_uid != os.getuid():
            return None
        path = os.path.join(folder, hashlib.sha256(name.encode()).hexdigest())
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError:
        return None


def _locked(file: int, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
