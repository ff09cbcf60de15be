# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The times of the services, in every form that they may have."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from ansible_collections.evenkeel.paas.plugins.module_utils._engine.pending import moment

TEN = datetime(2026, 3, 1, 10, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("text", "microseconds"),
    [
        ("2026-03-01T10:00:00Z", 0),
        ("2026-03-01T10:00:00.5Z", 500_000),
        ("2026-03-01T10:00:00.12Z", 120_000),
        ("2026-03-01T10:00:00.123Z", 123_000),
        ("2026-03-01T10:00:00.000000Z", 0),
        ("2026-03-01T10:00:00.1234567Z", 123_456),
        ("2026-03-01T10:00:00.123456789Z", 123_456),
        ("2026-03-01T12:00:00.5+02:00", 500_000),
        ("2026-03-01 10:00:00", 0),
    ],
)
def test_a_time_may_have_any_number_of_decimals(text: str, microseconds: int) -> None:
    assert moment(text) == TEN.replace(microsecond=microseconds)


@pytest.mark.parametrize("value", [None, "", "soon", 7, [], {}, "2026-13-01T10:00:00Z"])
def test_a_malformed_time_is_none(value: Any) -> None:
    assert moment(value) is None
