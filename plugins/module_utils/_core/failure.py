# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one exception that ends a task, with everything that a person needs to act on.

This module is private to the collection.
"""

from __future__ import annotations

from typing import Any, NamedTuple

MISSING = "is missing"
"""The message of a Problem with an option that was not given."""


class Problem(NamedTuple):
    """Something wrong with one option: its name as the user writes it, and what to do."""

    option: str
    message: str


class Failure(Exception):
    """An expected failure. Its text never holds a secret.

    ``code`` is a stable word that playbooks can test (``invalid_options``, ``not_found``,
    ``ambiguous``, ``unauthorized``, ``rate_limited`` ...), ``status`` the HTTP status when
    the service gave one, ``details`` its field errors or ours, ``request_id`` the service's.
    ``outcome_unknown`` says that a write was sent and may have been stored; ``resendable`` that
    it may be sent again once the service is seen not to have stored it. ``out_of_time`` says that
    the task may wait no longer, whatever it does next. ``result`` is what a failed task reports
    beside its message.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str,
        status: int | None = None,
        details: Any = None,
        request_id: str | None = None,
        outcome_unknown: bool = False,
        resendable: bool = True,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.status = status
        self.details = details
        self.request_id = request_id
        self.outcome_unknown = outcome_unknown
        self.resendable = resendable
        self.out_of_time = False
        self.result: dict[str, Any] = {"api": {"requests": 0, "retries": 0, "waited_seconds": 0.0}}

    def about(self) -> dict[str, Any]:
        """What a result's ``failure`` holds."""
        keys = ("status", "code", "details", "request_id")
        return {key: getattr(self, key) for key in keys}

    def as_result(self) -> dict[str, Any]:
        """The result of a task that failed so, but for its message."""
        return {**self.result, "failure": self.about()}

    def under(self, words: str, code: str) -> Failure:
        """The same failure, with what it means in front of what the service said."""
        self.message = f"{words} {self.message}"
        self.code = code
        return self


def invalid_options(problems: list[Problem], context: str = "") -> Failure:
    """One failure that names every invalid option; ``context`` is added to what they are."""
    unique = list(dict.fromkeys(problems))
    told = "; ".join(f"{problem.option}: {problem.message}" for problem in unique)
    return Failure(
        f"Invalid options{context}: {told}.",
        code="invalid_options",
        details=[problem._asdict() for problem in unique],
    )
