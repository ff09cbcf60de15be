# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Warnings, worded with and without the task's values."""

from __future__ import annotations

from typing import NamedTuple


class Remark(NamedTuple):
    """A warning. ``text`` may quote the task's values. A task with ``no_log`` shows ``plain``
    instead, which quotes none."""

    text: str
    plain: str
