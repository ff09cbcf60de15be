# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The failures of requests: what was attempted, what the service said, what to do.

Imported only after a failure, because most tasks do not need it.
"""

from __future__ import annotations

import re
import sys
from typing import Any
from urllib.parse import urlsplit

from .._core.failure import Failure, in_seconds
from .._core.fields import at
from .retry import cannot_be_sent, never_connected, requested_wait, timed_out
from .settings import Service, Settings

try:
    import requests
    from requests.exceptions import InvalidSchema, SSLError
except ImportError:  # reported by _engine/module.py before this module is used
    pass

_SHOWN = 500
"""The maximum number of characters that are shown of a service's message."""

_ADVICE = {
    401: ("unauthorized", " The token was refused: check {hint}; it may have expired."),
    403: ("forbidden", " The token is not allowed to do this: check its permissions."),
    404: ("not_found", " It does not exist, or the token has no access to it."),
    429: ("rate_limited", ""),
}


class Faults:
    """A factory for the failures of one client. They never contain the token."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self._service = service
        self._settings = settings

    def unexpected(
        self, method: str, path: str, what: str, status: int | None, request_id: str | None
    ) -> Failure:
        """Return the failure for a response that does not match the service's description.

        ``status`` is None if another thread received the response.
        """
        return self._failure(
            method,
            path,
            f"responded with {f'HTTP {status} and ' if status else ''}{what}. Check api_url: is "
            "this really the API, with no proxy or login page in between?",
            code="unexpected_answer",
            status=status,
            request_id=request_id,
            outcome_unknown=True,
            resendable=False,
        )

    def redirected(self, method: str, path: str, response: requests.Response) -> Failure:
        """Return the failure for a redirect, which is never followed."""
        # Laravel Cloud has answered writes with a redirect to its dashboard (its Terraform
        # provider mentions POST …/background-processes); this may hide a 401 or 422.
        try:
            target = urlsplit(response.headers.get("Location", ""))
            where = (target.hostname or "") + target.path
        except ValueError:
            where = ""
        return self._failure(
            method,
            path,
            f"responded with HTTP {response.status_code}, a redirect to {where or 'nowhere'}, "
            "which was not followed. Check the token, the ids in the path and api_url.",
            code="redirected",
            status=response.status_code,
            request_id=response.headers.get("x-request-id"),
            outcome_unknown=True,
            resendable=False,
        )

    def stopped(self, method: str, path: str, before: Failure | None) -> Failure:
        """Return the failure for a request of a task that has ended.

        ``before`` is the failure of the previous attempt, if there was one.
        """
        if before is not None:
            before.task_ended = True
            return before
        return self._failure(
            method, path, "was not called, because the task ended.", code="interrupted"
        )

    def unreachable(self, method: str, path: str, error: Exception, extra_seconds: int) -> Failure:
        """Return the failure for a request without a response.

        ``extra_seconds`` are the seconds that the service had beyond ``timeout``.
        """
        if isinstance(error, InvalidSchema) and "SOCKS" in str(error):
            return self._failure(
                method,
                path,
                "was not called: the environment names a SOCKS proxy, for which this Python lacks "
                f"PySocks. Install it with: {sys.executable} -m pip install PySocks.",
                code="unreachable",
            )
        what = "no response"
        if isinstance(error, SSLError):
            what = "the TLS connection failed"
        elif timed_out(error):
            allowed = in_seconds(self._settings.timeout + extra_seconds)
            limit = "timeout and api_timeout together" if extra_seconds else "api_timeout"
            what = f"no response within {allowed}, which is {limit}"
        return self._failure(
            method,
            path,
            f"did not send a usable response from {self._settings.url} ({what}: "
            f"{_reason(error)}). Check api_url, the network, proxies and certificates.",
            code="unreachable",
            outcome_unknown=not (cannot_be_sent(error) or never_connected(error)),
            # The service may still be working, and store it after the list is read.
            resendable=not timed_out(error),
        )

    def refused(
        self,
        method: str,
        path: str,
        response: requests.Response,
        decoded: Any,
        waited: float,
    ) -> Failure:
        """Return the failure for an HTTP status of 400 and above.

        ``waited`` are the seconds that the task has waited.
        """
        status = response.status_code
        said, details = _said(decoded)
        said = _printable(str(self._scrubbed(said)))[:_SHOWN]
        nothing = "no message" if isinstance(decoded, dict) else "no readable message"
        no_word = status >= 500 or status == 408  # neither accepted nor refused
        code, advice = _ADVICE.get(status, ("service_error" if no_word else "refused", ""))
        advice = advice.format(hint=self._service.token_hint)
        if status in (401, 403) and response.content and not isinstance(decoded, dict):
            advice += " Or it is from a proxy or firewall: the service answers in JSON."
        if status == 429:
            limit = response.headers.get("x-ratelimit-limit")
            limit = f"{limit} requests" if limit else "unknown"
            lifts = "the response does not say when it resets"
            seconds = requested_wait(self._service, response)
            if seconds is not None:
                lifts = f"it resets in {in_seconds(seconds)}"
            advice = (
                f" The limit is {limit}; {lifts}. This "
                f"task has waited {waited:.0f} of its {in_seconds(self._settings.max_wait)} "
                f"(api_max_wait) and retries a request {self._settings.retries} times at most "
                "(api_retries)."
            )
        failure = self._failure(
            method,
            path,
            f"responded with HTTP {status}: {said or nothing}.{advice}",
            code=code,
            status=status,
            details=details,
            request_id=response.headers.get("x-request-id"),
            outcome_unknown=no_word,
            # The service may still be working; 524 is Cloudflare's 504.
            resendable=status not in (408, 504, 524),
        )
        failure.said = said
        return failure

    def _failure(self, method: str, path: str, text: str, **about: Any) -> Failure:
        message = f"{method} {path}: {self._service.name} {text}"
        if about.get("request_id"):
            message += f" Request id: {about['request_id']}."
        about["details"] = self._scrubbed(about.get("details"))
        about["request_id"] = self._scrubbed(about.get("request_id"))
        about["outcome_unknown"] = about.get("outcome_unknown", False) and method != "GET"
        return Failure(self._scrubbed(message), **about)

    def _scrubbed(self, value: Any) -> Any:
        """Return a value without the token: a service may quote it, and ansible-core 2.19 to 2.21
        print exception messages unmasked."""
        if isinstance(value, str):
            return value.replace(self._settings.token, "***")
        if isinstance(value, dict):
            return {self._scrubbed(key): self._scrubbed(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._scrubbed(item) for item in value]
        return value


def _printable(text: str) -> str:
    """Return a text on one line, without what would control a terminal."""
    from .._core.output import lines_of

    return "".join(each for each in " ".join(lines_of(text)) if each.isprintable())


def _said(decoded: Any) -> tuple[str, Any]:
    """Return the message and the field errors of an error response.

    Sevalla: ``{message, status, data: {code, message}}``, where data.code is a tracking id. Laravel
    Cloud: ``{message, errors: {field: [texts]}}``; some 422 have only the message.
    """
    if not isinstance(decoded, dict):
        return "", None
    data, errors = decoded.get("data"), decoded.get("errors")
    texts = [decoded.get("message"), data.get("message") if isinstance(data, dict) else None]
    if isinstance(errors, list):
        texts += [at(each, "detail") or at(each, "title") or each for each in errors]
    if isinstance(errors, dict):
        texts += [
            f"{field}: {' '.join(map(str, said)) if isinstance(said, list) else said}"
            for field, said in errors.items()
        ]
    sentences = list(dict.fromkeys(str(text).rstrip(".") for text in texts if text))
    return "; ".join(sentences), errors or data


def _reason(error: Exception) -> str:
    """Return the cause of a connection error, without addresses of Python objects."""
    cause = error.args[0] if error.args else error
    cause = getattr(cause, "reason", cause)
    if isinstance(error, ValueError):  # may quote the URL of a proxy, with its password
        return "api_url or the URL of a proxy is not a URL"
    return re.sub(r"<[^>]*>:? ?|^\w+\(\w*: ?", "", str(cause))[:_SHOWN] or type(error).__name__
