# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""JSON's types, as a service's schema distinguishes them."""

from __future__ import annotations

from typing import Any


def is_a(kind: type, value: Any) -> bool:
    """Return whether a value is of a type; a boolean is not a number, unlike in Python."""
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
