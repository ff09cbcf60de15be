# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A warning, worded for a task whose values may be shown and for one whose values may not.

This module is private to the collection.
"""

from __future__ import annotations

from typing import NamedTuple

HIDDEN = "This task has a warning that may quote its options; no_log hides it."
"""What stands in for a warning that has no wording without values."""


class Remark(NamedTuple):
    """A warning. ``text`` names what it is about and may quote the task's values. ``plain`` is
    what a task with ``no_log`` shows in its place: it quotes no value."""

    text: str
    plain: str = HIDDEN
