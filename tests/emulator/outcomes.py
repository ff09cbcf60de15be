# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the next deployment, command or exec of a target ends, as set by a test.

An outcome has one target: an application (Sevalla) or environment (Laravel Cloud) for deployments
and commands, a process for an exec. The next operation of this target uses it, whoever starts it;
several are used in the order in which they were added.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any


class UnknownOutcomeError(ValueError):
    """An invalid outcome."""


@dataclass(frozen=True)
class DeploymentOutcome:
    """How a deployment ends.

    ``status`` is its final status, ``step`` the step that fails and ``output`` the output of that
    step; a ``step`` without a status makes the deployment fail. ``seconds`` is the duration of each
    status when deployments advance by the clock, ``polls`` the number of reads for each status when
    they advance by reads, and ``reason`` is its failure_reason (Laravel Cloud).
    """

    status: str | None = None
    step: str | None = None
    output: str | None = None
    seconds: float | None = None
    polls: int = 1
    reason: str | None = None


@dataclass(frozen=True)
class CommandOutcome:
    """How a command in an environment ends.

    ``output`` is all that it prints; ``seconds`` and ``polls`` are as for a deployment. With the
    ``status`` ``command.failure`` and an ``exit_code`` of None, it never ran.
    """

    status: str | None = None
    exit_code: int | None = 0
    output: str = "Done.\n"
    seconds: float | None = None
    polls: int = 1
    reason: str | None = None


@dataclass(frozen=True)
class ExecOutcome:
    """How an exec ends; ``seconds`` is the duration of the command, which ``timeout`` may cut."""

    exit_code: int = 0
    stdout: str = ""
    stderr: str = ""
    seconds: float = 0.0


KINDS: dict[str, type[Any]] = {
    "deployment": DeploymentOutcome,
    "command": CommandOutcome,
    "exec": ExecOutcome,
}


@dataclass
class Outcomes:
    """The outcomes that are not used yet."""

    _waiting: dict[tuple[type[Any], str], list[Any]] = field(default_factory=dict)

    def add(self, target: str, outcome: Any, times: int = 1) -> None:
        """Set how the next deployments, commands or execs of a target end."""
        self._waiting.setdefault((type(outcome), target), []).extend([outcome] * times)

    def take(self, kind: type[Any], target: str) -> Any:
        """Return and remove the next outcome of a target, or return None."""
        waiting = self._waiting.get((kind, target))
        return waiting.pop(0) if waiting else None


def outcome_of(kind: Any, values: Mapping[str, Any]) -> Any:
    """Return the outcome that a JSON object describes."""
    if kind not in KINDS:
        raise UnknownOutcomeError(f"kind must be one of: {', '.join(KINDS)}.")
    known = [each.name for each in fields(KINDS[kind])]
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise UnknownOutcomeError(f"Unknown: {', '.join(unknown)}. Known: {', '.join(known)}.")
    for name, value in values.items():
        number = name in ("seconds", "polls", "exit_code")
        if value is not None and not isinstance(value, (int, float) if number else str):
            wanted = "a number" if number else "a text"
            raise UnknownOutcomeError(f"{name} must be {wanted}.")
    if values.get("polls", 1) is None or values.get("polls", 1) < 1:
        raise UnknownOutcomeError("polls must be at least 1.")
    return KINDS[kind](**values)
