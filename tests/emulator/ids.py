# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ids and timestamps in the formats of both services."""

from __future__ import annotations

import random
import uuid
from datetime import datetime, timezone
from typing import Callable


class Ids:
    """New ids, the same after every start, so that a failure can be reproduced."""

    def __init__(self) -> None:
        self._random = random.Random(20261121)
        self._count = 0

    def uuid(self) -> str:
        """Return a version 4 UUID: Sevalla's pattern accepts only versions 1 to 8."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def ordered(self, prefix: str) -> str:
        """Return an id like ``process-a2000001-…``: Laravel's ordered UUIDs start with the time."""
        self._count += 1
        rest = self.uuid()
        return f"{prefix}-a2{self._count:06x}{rest[8:]}"

    def text(self, length: int) -> str:
        """Return lower-case letters and digits, as in generated names."""
        letters = "abcdefghijklmnopqrstuvwxyz0123456789"
        return "".join(self._random.choices(letters, k=length))


class Timestamps:
    """The current time in the format of each service."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock

    def _at(self, offset: float) -> datetime:
        return datetime.fromtimestamp(self._clock() + offset, timezone.utc)

    def sevalla(self, offset: float = 0) -> str:
        """Return ``2026-03-01T10:00:00.000Z``, the time in so many seconds."""
        return self._at(offset).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def laravel_cloud(self, offset: float = 0) -> str:
        """Return ``2026-03-01T10:00:00.000000Z``: whole seconds, written with microseconds."""
        return self._at(offset).strftime("%Y-%m-%dT%H:%M:%S.000000Z")
