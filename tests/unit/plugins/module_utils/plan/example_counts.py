# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The number of examples of a property.

By default there are few examples, the same in every run. ``EVENKEEL_EXAMPLES=40`` tests forty
times as many, new ones each time; ``make matrix CELLS=properties`` does this.
"""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, settings

_FACTOR = int(os.environ.get("EVENKEEL_EXAMPLES", "1"))


def examples(count: int) -> Any:
    """Decorate a property that is tested with ``count`` examples, and every day with a quarter."""
    return settings(
        max_examples=count * _FACTOR // 4,
        deadline=None,
        derandomize=_FACTOR < 10,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
