# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The output of a build or a command: its lines, and the last lines for a message."""

from __future__ import annotations

import re
from typing import Any

_LAST_LINES = 20
"""The maximum number of output lines in a message."""

_LONGEST_LINE = 300


def lines_of(output: Any) -> list[str]:
    """Return the lines of an output, without terminal control sequences."""
    plain = re.sub(r"\x1b\[[0-?]*[ -/]*[@-~]", "", "" if output is None else str(output))
    return [line.rstrip() for line in plain.splitlines()]


def last_lines(lines: list[str]) -> str:
    """Return the last non-empty lines, each after a line break, as the end of a message."""
    last = [line[:_LONGEST_LINE] for line in lines if line][-_LAST_LINES:]
    return "".join(f"\n{line}" for line in last)
