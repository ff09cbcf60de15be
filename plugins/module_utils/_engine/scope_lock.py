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
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count

from .._core.failure import Failure
from .._http.client import Client
from .progress import Progress

_LOOK_AGAIN = 0.2
"""Seconds between two attempts to take a lock that another task has."""

_SHOWN_AFTER = 50
"""After so many attempts, ten seconds, a line says what the task waits for."""


class ScopeLock:
    """A lock on one scope of one service.

    Tasks share it while they read. A task that creates holds it alone. Without a file, it does
    nothing.
    """

    def __init__(self, file: int | None) -> None:
        self._file = file
        self._shared = False

    def share(self) -> None:
        """Share the lock. When another task holds it alone, what is read before that task ends
        may be old, and ``take`` says so."""
        self._shared = self._file is None or _locked(self._file, fcntl.LOCK_SH)

    def take(self, client: Client, progress: Progress) -> bool:
        """Hold the lock alone; return whether no other task has created since it was shared.

        Raises Failure ``locked`` when other tasks keep it for longer than this one may wait.
        """
        if self._file is None:
            return True
        # A failed attempt gives up what was shared, so of several tasks one always succeeds.
        for look in count():
            if _locked(self._file, fcntl.LOCK_EX):
                return self._shared and not look
            if look == _SHOWN_AFTER:
                progress.wait_for_task(client.max_wait - client.waited)
            if not client.pause(_LOOK_AGAIN):
                break
            client.waited_for_tasks += _LOOK_AGAIN
        raise Failure(
            "Another task on this machine is creating in the same place. This task has waited "
            f"for it for {client.waited_for_tasks:.0f} seconds and may wait no longer "
            "(api_max_wait). Run it again when the other task has ended.",
            code="locked",
        )

    def release(self) -> None:
        """Let the lock go."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


@contextmanager
def shared(*parts: str) -> Iterator[ScopeLock]:
    """Share the lock of a scope, named by the service's address and all that says where.

    Where no lock can be had (a read-only disk, a folder that somebody else owns, a file system
    without locks) there is none, and nothing else changes; nor is there one without ``parts``.
    """
    lock = ScopeLock(_open("\0".join(parts)) if parts else None)
    try:
        lock.share()
        yield lock
    finally:
        lock.release()


def _open(name: str) -> int | None:
    """Open the lock file of a name, in a folder of the user's own; None where that fails."""
    user = os.geteuid()
    try:
        folder = os.path.join(tempfile.gettempdir(), f"evenkeel.paas-{user}")
        with suppress(FileExistsError):
            os.mkdir(folder, 0o700)
        # Anybody can be the first to make something of that name in a folder for all.
        found = os.lstat(folder)
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != user:
            return None
        digest = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()
        path = os.path.join(folder, digest)
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError:
        return None
    with suppress(OSError):
        os.utime(file)  # What cleans up old temporary files must leave one that is in use.
    return file


def _locked(file: int, kind: int) -> bool:
    """Try to lock a file; return False when another task has a lock that forbids it."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # Not every file system has locks.
        return True
    return True
