# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a build or a command printed: its lines, and the last ones for a message.

This module is private to the collection.
"""

from __future__ import annotations

import re
from typing import Any

_LAST_LINES = 20
"""How many lines of an output a message has at most."""

_LONGEST_LINE = 300


def lines_of(output: Any) -> list[str]:
    """Return the lines of an output, without the terminal's control sequences."""
    plain = re.sub(r"\x1b\[[0-?]*[ -/]*[@-~]", "", "" if output is None else str(output))
    return [line.rstrip() for line in plain.splitlines()]


def last_lines(lines: list[str]) -> str:
    """Return the last lines that are not empty, each after a line break, to end a message with."""
    last = [line[:_LONGEST_LINE] for line in lines if line][-_LAST_LINES:]
    return "".join(f"\n{line}" for line in last)
