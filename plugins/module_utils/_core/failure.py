# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one exception that ends a task, with everything that a person needs to act on.

What it can be, by its code::

    Failure
    ├── the task is wrong      invalid_options, not_found, ambiguous, never_deployed, not_a_cron
    ├── the token is wrong     no_token, unauthorized, forbidden
    ├── the service refuses    refused, conflict, rate_limited
    ├── the service is ill     service_error, unexpected_answer, redirected, unreachable
    ├── what was started       deployment_failed, wait_timeout
    └── this machine           missing_library, locked, interrupted

This module is private to the collection.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, NamedTuple

MISSING = "is missing"
"""The message of a Problem with an option that was not given."""


class Problem(NamedTuple):
    """Something wrong with one option: its name as the user writes it, and what to do."""

    option: str
    message: str


class Failure(Exception):
    """An expected failure: data, until ``worded`` makes a message of it. It never holds a secret.

    ``what`` says what happened. ``code`` is a stable word that playbooks can test, see the list
    at the head of this file. ``status`` is the HTTP status when the service gave one,
    ``details`` its field errors or ours, ``request_id`` the service's.

    ``outcome_unknown`` says that a write was sent and may have been stored; ``resendable`` that
    it may be sent again once the service is seen not to have stored it. ``out_of_time`` says that
    the task may wait no longer, whatever it does next. ``result`` is what a failed task reports
    beside its message.

    The attributes below are the facts that are added on the way up. Nobody appends to a message.
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
        self.out_of_time = False
        self.result: dict[str, Any] = {"api": {"requests": 0, "retries": 0, "waited_seconds": 0.0}}

        self.where = ""
        """The entry of a list that it is about, as ``processes[2]``."""
        self.meaning = ""
        """What the service's words mean here, in front of them."""
        self.tries = 0
        """How often the request was sent, when it may be sent no more."""
        self.time_spent: tuple[float, float] | None = None
        """Seconds that the task has waited, and may wait, when it may wait no longer."""
        self.task_ended = False
        """Whether it would have been repeated, had the task not ended."""
        self.advice: list[str] = []
        """Sentences about what to do, from those who know the service."""
        self.looked: list[str] = []
        """Sentences about what a look for a lost write found."""
        self.done: list[str] = []
        """The writes, as ``PATCH /path``, that were stored before."""
        self.unknown: list[str] = []
        """The writes, the last one first, that may have been stored."""
        self.also: list[Failure] = []
        """Other failures of the same task."""
        self.printed = ""
        """The end of the message with the last lines of an output, each after a line break."""
        self.hides_printed = False
        """Whether these lines must not be shown: an output may hold secrets of the user."""
        self.masked: Collection[str] = ()
        """Texts of the user that the message must not show, whoever quotes them."""
        self.nothing_changed = False
        """Whether the task certainly changed nothing."""

    @property
    def message(self) -> str:
        """The sentences that a person reads."""
        return worded(self)

    def __str__(self) -> str:
        return self.message

    def about(self) -> dict[str, Any]:
        """Return what a result's ``failure`` holds."""
        keys = ("status", "code", "details", "request_id")
        return {key: getattr(self, key) for key in keys}

    def as_result(self) -> dict[str, Any]:
        """Return the result of a task that failed so, but for its message."""
        return {**self.result, "failure": self.about()}

    def under(self, meaning: str, code: str) -> Failure:
        """Return the same failure with what it means here."""
        self.meaning = meaning
        self.code = code
        return self


def worded(failure: Failure) -> str:
    """Return the message of a failure: what happened, what was tried, what to do, what is done.

    This is the only place that knows the order of the sentences.
    """
    said = [failure.meaning, failure.what]
    if failure.tries:
        said.append(f"It was tried {failure.tries} time(s) (api_retries).")
    if failure.time_spent:
        waited, allowed = failure.time_spent
        said.append(
            f"This task may wait no longer: {waited:.0f} of its {allowed} seconds (api_max_wait) "
            "are spent."
        )
    if failure.task_ended:
        said.append("It was not repeated, because the task ended.")
    said += failure.advice
    said += failure.looked
    if failure.done:
        said.append(f"Already done: {', '.join(failure.done)}.")
    if failure.unknown:
        writes = ", and before it ".join(failure.unknown)
        said.append(f"Whether {writes} was stored is not known; run the task again to find out.")
    said += (each.message for each in failure.also)
    if failure.nothing_changed:
        said.append("Nothing was changed.")
    if failure.printed:
        hidden = "The last lines of the output are hidden, because of no_log."
        said.append(hidden if failure.hides_printed else failure.printed)
    place = f"{failure.where}: " if failure.where else ""
    return _masked(place + " ".join(sentence for sentence in said if sentence), failure.masked)


def _masked(message: str, texts: Collection[str]) -> str:
    # As they are, and as a message quotes them. The longest first: one may be part of another.
    forms = {form for text in texts for form in (text, repr(text)[1:-1])}
    for form in sorted(forms, key=len, reverse=True):
        message = re.sub(re.escape(form), "********", message, flags=re.IGNORECASE)
    return message


def invalid_options(problems: list[Problem], context: str = "") -> Failure:
    """One failure that names every invalid option; ``context`` is added to what they are."""
    unique = list(dict.fromkeys(problems))
    summary = "; ".join(f"{problem.option}: {problem.message}" for problem in unique)
    return Failure(
        f"Invalid options{context}: {summary}.",
        code="invalid_options",
        details=[problem._asdict() for problem in unique],
    )
