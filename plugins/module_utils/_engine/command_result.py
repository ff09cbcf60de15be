# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shared code of the modules that run a command. Results are like ansible.builtin.command's."""

from __future__ import annotations

from typing import Any

from .._core.failure import Failure
from .._core.fields import number
from .._core.output import last_lines, lines_of

SKIPPED = {
    "changed": False,
    "skipped": True,
    "rc": 0,
    "msg": "Command would have run if not in check mode",
}
"""The result in check mode, which also makes ansible.builtin.command skip its task."""


def return_code(value: Any) -> int | None:
    """Return the return code that a service shows, or None if it is not an integer."""
    code = number(value)
    return code if isinstance(code, int) and not isinstance(code, bool) else None


def streams(**printed: Any) -> dict[str, Any]:
    """Return the output of each stream, as a string without trailing line breaks and as lines."""
    result: dict[str, Any] = {}
    for name, output in printed.items():
        text = "" if output is None else str(output).rstrip("\r\n")
        result.update({name: text, f"{name}_lines": text.splitlines()})
    return result


def command_failed(ended: str, output: Any, details: Any = None) -> Failure:
    """Return the failure of a command that ran and did not succeed.

    ``ended`` is a sentence about how it ended, ``output`` is what it printed.
    """
    failure = Failure(f"{ended}.", code="command_failed", details=details)
    last = last_lines(lines_of(output))
    if last:
        failure.printed = f"The last lines of its output:{last}"
    else:
        failure.findings.append("It printed nothing.")
    return failure
