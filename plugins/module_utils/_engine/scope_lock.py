# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A lock that lets only one task at a time on this machine create or deploy in a scope.

Neither service enforces unique names: two tasks that read the same list would both create what is
missing. With an advisory lock of the operating system, the first task creates it and the others
find it. The lock file is empty. The lock does not affect other machines: the list is read again
after a creation to find what they created concurrently.
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
"""Seconds between attempts to acquire a lock that another task has."""

_SHOWN_AFTER = 50
"""The number of attempts, in ten seconds, after which a line shows that the task waits."""


class ScopeLock:
    """A lock on one scope of one service.

    It is shared while tasks read, and exclusive for a task that creates. Without a file, it does
    nothing.
    """

    def __init__(self, file: int | None) -> None:
        self._file = file
        self._shared = False

    def share(self) -> None:
        """Acquire the shared lock, if no task has the exclusive one. Otherwise what is read now
        may be outdated, and ``take`` returns False."""
        self._shared = self._file is None or _locked(self._file, fcntl.LOCK_SH)

    def take(self, client: Client, progress: Progress) -> bool:
        """Acquire the exclusive lock; return whether no other task has created since ``share``.

        Raises Failure ``locked`` if other tasks keep it longer than this one may wait.
        """
        if self._file is None:
            return True
        # A failed attempt releases the shared lock, so one of several tasks always succeeds.
        for look in count():
            if _locked(self._file, fcntl.LOCK_EX):
                return self._shared and not look
            if look == _SHOWN_AFTER:
                progress.wait_for_task(client.max_wait - client.waited)
            if not client.pause(_LOOK_AGAIN):
                break
            client.waited_for_tasks += _LOOK_AGAIN
        raise Failure(
            "Another task on this machine is creating something in the same application, instance "
            f"or environment. This task has waited {client.waited_for_tasks:.0f} seconds for it "
            "and cannot wait any longer (api_max_wait). Run it again when the other task has "
            "ended.",
            code="locked",
        )

    def release(self) -> None:
        """Release the lock."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


@contextmanager
def shared(*parts: str) -> Iterator[ScopeLock]:
    """Yield the shared lock of a scope, named by the service's address and the scope options.

    Without ``parts``, or if locking is impossible (a read-only disk, a folder that someone else
    owns, a file system without locks), the lock does nothing.
    """
    lock = ScopeLock(_open("\0".join(parts)) if parts else None)
    try:
        lock.share()
        yield lock
    finally:
        lock.release()


def _open(name: str) -> int | None:
    """Open the lock file for a name, in a folder that the user owns; return None if that fails."""
    user = os.geteuid()
    try:
        folder = os.path.join(tempfile.gettempdir(), f"evenkeel.paas-{user}")
        with suppress(FileExistsError):
            os.mkdir(folder, 0o700)
        # In a shared folder, anybody could have created something with that name first.
        found = os.lstat(folder)
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != user:
            return None
        digest = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()
        path = os.path.join(folder, digest)
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError:
        return None
    with suppress(OSError):
        os.utime(file)  # Cleaners of old temporary files must not delete one that is in use.
    return file


def _locked(file: int, kind: int) -> bool:
    """Try to lock a file; return False if another task has a conflicting lock."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # Not every file system has locks.
        return True
    return True
