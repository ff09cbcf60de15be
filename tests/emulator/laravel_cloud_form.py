# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The processing of every body sent to Laravel Cloud: the framework's middleware and errors."""

from __future__ import annotations

import re
from typing import Any

from .switches import Switches

Attributes = dict[str, Any]
Errors = dict[str, list[str]]


class RefusalError(Exception):
    """The service refuses a request."""

    def __init__(self, status: int, message: str, errors: Errors | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors


def invalid(errors: Errors) -> RefusalError:
    """Return the framework's response to a body that fails validation."""
    first = next(iter(errors.values()))[0]
    more = sum(len(messages) for messages in errors.values()) - 1
    if more:
        first += f" (and {more} more error{'s' if more > 1 else ''})"
    return RefusalError(422, first, errors)


class Form:
    """The errors of a body, in the framework's wording."""

    def __init__(self, switches: Switches) -> None:
        self.switches = switches
        self.errors: Errors = {}

    def error(self, name: str, message: str) -> None:
        """Add an error of a field, once."""
        messages = self.errors.setdefault(name, [])
        if message not in messages:
            messages.append(message)

    def cleaned(self, value: Any) -> Any:
        """Return the value as the framework's middleware leaves it: trimmed, and "" as null."""
        if isinstance(value, dict):
            return {key: self.cleaned(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.cleaned(item) for item in value]
        if isinstance(value, str):
            trimmed = (
                value.strip() if self.switches["laravel_cloud_trim_strings"] == "on" else value
            )
            return trimmed or None
        return value

    def add(self, error: Any) -> None:
        """Add an error of a schema in the framework's wording, without the value."""
        name = ".".join(str(part) for part in error.absolute_path)
        if error.validator == "required":
            for missing in error.validator_value:
                if missing not in error.instance:
                    path = f"{name}.{missing}" if name else missing
                    self.error(path, f"The {path} field is required.")
            return
        rule = error.validator_value
        texts = {
            "enum": f"The selected {name} is invalid.",
            "minimum": f"The {name} field must be at least {rule}.",
            "maximum": f"The {name} field must not be greater than {rule}.",
            "minLength": f"The {name} field must be at least {rule} characters.",
            "maxLength": f"The {name} field must not be greater than {rule} characters.",
        }
        types = {
            "integer": f"The {name} field must be an integer.",
            "string": f"The {name} field must be a string.",
            "boolean": f"The {name} field must be true or false.",
            "object": f"The {name} field must be an array.",
            "array": f"The {name} field must be an array.",
        }
        if error.validator == "type":
            # A type that may also be null is named without null.
            self.error(name, types[rule if isinstance(rule, str) else rule[0]])
        else:
            self.error(name, texts[error.validator])


def integer_of(value: Any) -> Any:
    """Return the integer in a string; PHP accepts at most nineteen digits."""
    if isinstance(value, str) and re.fullmatch(r"-?(0|[1-9][0-9]{0,18})", value):
        return int(value)
    return value
