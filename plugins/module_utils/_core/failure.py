# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The exception that ends a task, with everything that a user needs to act on it.

The codes::

    Failure
    ├── the task is wrong      invalid_options, not_found, ambiguous, never_deployed, not_a_cron
    ├── the token is wrong     no_token, unauthorized, forbidden
    ├── the service refuses    refused, conflict, rate_limited
    ├── the service fails      service_error, unexpected_answer, redirected, unreachable
    ├── the operation failed   deployment_failed, command_failed, wait_timeout
    └── this machine           missing_library, locked, interrupted
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, NamedTuple

MISSING = "is missing"
"""The message of a Problem with a missing option."""


class Problem(NamedTuple):
    """A problem with one option: its name as the user writes it, and what to do."""

    option: str
    message: str


class Failure(Exception):
    """An expected failure, as data that ``worded`` turns into a message. It contains no secrets.

    ``what`` says what happened. ``code`` is a stable word that playbooks can test; this module's
    docstring lists the codes. ``status`` is the HTTP status if there was a response,
    ``details`` are the service's field errors or ours, ``request_id`` is the service's.

    ``outcome_unknown``: a write was sent and may have been stored. ``resendable``: it may be sent
    again after a check that the service did not store it. ``result`` is what a failed task returns
    beside its message.

    Callers add facts to the attributes below while the exception propagates. Only ``worded``
    builds the message.
    """

    def __init__(
        self,
        what: str,
        *,
        code: str,
        status: int | None = None,
        details: Any = None,
        request_id: str | None = None,
        outcome_unknown: bool = False,
        resendable: bool = True,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.code = code
        self.status = status
        self.details = details
        self.request_id = request_id
        self.outcome_unknown = outcome_unknown
        self.resendable = resendable
        self.result: dict[str, Any] = {"api": {"requests": 0, "retries": 0, "waited_seconds": 0.0}}

        self.where = ""
        """The list entry that failed, such as ``processes[2]``."""
        self.said = ""
        """The service's own message, which may quote the user's secrets."""
        self.meaning = ""
        """What the service's message means here. It precedes that message."""
        self.tries = 0
        """How many times the request was sent, if no retries are left."""
        self.time_spent: tuple[float, float, float] | None = None
        """Seconds of the next wait, seconds waited and seconds allowed, if they do not suffice."""
        self.task_ended = False
        """Whether only the end of the task prevented a retry."""
        self.advice: list[str] = []
        """Sentences about what to do, from the code for the service."""
        self.findings: list[str] = []
        """Sentences about what was found out about the operation that failed."""
        self.done: list[str] = []
        """Earlier writes that were stored, such as ``PATCH /path``."""
        self.unknown: list[str] = []
        """Writes that may have been stored, the last one first."""
        self.others: list[Failure] = []
        """Other failures of the same task."""
        self.printed = ""
        """The end of the message: the last lines of an output, each after a line break."""
        self.hides_printed = False
        """Whether to hide these lines, because an output may contain the user's secrets."""
        self.masked: Collection[str] = ()
        """Texts that the message must not show, even if the service quotes them."""
        self.nothing_changed = False
        """Whether the task certainly changed nothing."""

    @property
    def message(self) -> str:
        """The message for the user."""
        return worded(self)

    def __str__(self) -> str:
        return self.message

    def facts(self) -> dict[str, Any]:
        """Return the ``failure`` value of a result."""
        keys = ("status", "code", "details", "request_id")
        return {key: getattr(self, key) for key in keys}

    def as_result(self) -> dict[str, Any]:
        """Return the result of the failed task, without its message."""
        return {**self.result, "failure": self.facts()}


def not_reported(found: list[Problem], more: list[Problem]) -> list[Problem]:
    """Return the problems of options that have none yet, nor what contains them."""
    inside = tuple(f"{option}{mark}" for option, _what in found for mark in ".[" if option)
    named = {option for option, _what in found}
    return [
        each for each in more if each.option not in named and not each.option.startswith(inside)
    ]


def in_seconds(seconds: float) -> str:
    """Return a duration as text, such as ``1 second``."""
    count = f"{seconds:.0f}" if seconds >= 1 else f"{round(seconds, 2):g}"
    return f"{count} second{'' if count == '1' else 's'}"


def worded(failure: Failure) -> str:
    """Return the message of a failure: what happened, what was tried, what to do, what is done.

    Only this function knows the order of the sentences.
    """
    said = [failure.meaning, failure.what]
    limits_are_said = failure.code == "rate_limited"
    if failure.tries and not limits_are_said:
        times = "once" if failure.tries == 1 else f"{failure.tries} times"
        said.append(f"It was tried {times} (api_retries).")
    if failure.time_spent and not limits_are_said:
        wait, waited, allowed = failure.time_spent
        said.append(
            f"This task may wait {in_seconds(allowed)} in all (api_max_wait), has waited "
            f"{waited:.0f}, and would have to wait {in_seconds(wait)} more."
        )
    if failure.task_ended:
        said.append("It was not retried, because the task ended.")
    said += failure.advice
    said += failure.findings
    if failure.done:
        said.append(f"Already done: {', '.join(failure.done)}.")
    if failure.unknown:
        writes = ", and before it ".join(failure.unknown)
        said.append(f"It is unknown whether {writes} was stored. Run the task again to find out.")
    said += (each.message for each in failure.others)
    if failure.nothing_changed:
        said.append("Nothing was changed.")
    if failure.printed:
        hidden = "The last lines of the output are hidden, because of no_log."
        said.append(hidden if failure.hides_printed else failure.printed)
    place = f"{failure.where}: " if failure.where else ""
    return _masked(place + " ".join(sentence for sentence in said if sentence), failure.masked)


def _masked(message: str, texts: Collection[str]) -> str:
    # Also the quoted forms. Longest first, because one text may be part of another.
    forms = {form for text in texts for form in (text, repr(text)[1:-1])}
    for form in sorted(forms, key=len, reverse=True):
        message = re.sub(re.escape(form), "********", message, flags=re.IGNORECASE)
    return message


def invalid_options(problems: list[Problem], context: str = "") -> Failure:
    """Return one failure that lists every invalid option; ``context`` precedes the list."""
    unique = list(dict.fromkeys(problems))
    summary = "; ".join(f"{problem.option}: {problem.message}" for problem in unique)
    return Failure(
        f"Invalid options{context}: {summary}.",
        code="invalid_options",
        details=[problem._asdict() for problem in unique],
    )
