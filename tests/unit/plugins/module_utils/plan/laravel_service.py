# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small simulator of Laravel Cloud's background processes of one instance.

Where the service's behavior is unknown, ``Habits`` decides. It raises an AssertionError for
everything that the planner must not send.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.plan import (
    laravel_facts as facts,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.plan.json_types import is_a

SCOPE = "inst-a15fd671-14f8-489f-b552-886c7ffa09dd"
_KEYS = (
    "connection",
    "queue",
    "name",
    "tries",
    "backoff",
    "max-jobs",
    "max-time",
    "sleep",
    "rest",
    "timeout",
    "force",
    "stop-when-empty",
)


class Habits(NamedTuple):
    """``merges``: a PATCH of config keeps keys that are not sent. ``strings``: numbers are returned
    as strings. ``off`` and ``on``: how a force that is off or on is shown. ``extra``: responses
    have undocumented keys."""

    merges: bool = True
    strings: bool = False
    off: Any = False
    on: Any = True
    extra: bool = False


class Service:
    """The processes of one instance, as requests see them."""

    SCOPE = SCOPE

    def __init__(self, habits: Habits) -> None:
        self.habits = habits

    def read(self, live: list) -> list:
        """Return the processes as the module reads them from responses: flat, config a dict."""
        return [
            {
                "id": each["id"],
                "instance_id": SCOPE,
                **each["attributes"],
                "config": {
                    key.replace("-", "_"): value
                    for key, value in (each["attributes"].get("config") or {}).items()
                },
            }
            for each in live
        ]

    def named(self, body: Any) -> Any:
        """Return the body unchanged: there are no names to look up."""
        return body

    def answer(self, live: list, method: str, path: str, body: Any) -> tuple:
        """Return the processes after a request, and the response."""
        if method == "POST":
            assert path == f"/instances/{SCOPE}/background-processes"
            new = self._created(len(live) + 1, body)
            answer = {**new, "attributes": {**new["attributes"], "strategy_type": None}}
            return [*live, new], answer
        match = re.fullmatch("/background-processes/(process-[0-9a-f-]+)", path)
        assert match, f"no such path: {path}"
        (found,) = (each for each in live if each["id"] == match[1])
        if method == "PATCH":
            after = {**found, "attributes": self._stored(found["attributes"], body)}
            return [after if each is found else each for each in live], after
        assert [method, body] == ["DELETE", None], f"{method} with {body}"
        return [each for each in live if each is not found], None

    def _created(self, number: int, body: dict) -> dict:
        assert body["type"] in ("worker", "custom"), "422: type"
        assert "processes" in body, "422: processes"
        assert (body["type"] == "custom") == ("command" in body), "422: command"
        bare = {
            "type": body["type"],
            "processes": 1,
            "command": "",
            "config": [] if body["type"] == "custom" else dict.fromkeys(_KEYS),
            "strategy_type": "none",
            "strategy_threshold": None,
            "created_at": "2026-04-04T11:24:42.000000Z",
        }
        rest = {key: value for key, value in body.items() if key != "type"}
        return {
            "id": f"process-a17677cf-3020-4197-aae6-{number:012d}",
            "type": "background_processes",
            "attributes": self._stored(bare, rest),
        }

    def _stored(self, before: dict, body: dict) -> dict:
        assert body, "a write without a body"
        after = dict(before)
        for key, value in body.items():
            assert value is not None, f"422: {key} is null"
            if key == "processes":
                assert is_a(int, value), "422: processes"
                assert 1 <= value <= 10, "422: processes"
                after[key] = value
            elif key == "command":
                assert before["type"] == "custom", "a worker has no command of its own"
                assert 3 <= len(value) <= 500, "422: command"
                assert value == value.strip(), "a command with blanks around it"
                after[key] = value
            else:
                assert key == "config", f"a body with {key}"
                assert before["type"] == "worker", "a custom process has no config"
                after[key] = self._config(before[key] or {}, value)
        if before["type"] == "worker":
            after["command"] = worker_command(after["config"])
        if self.habits.extra:
            after["paused"] = None
        return after

    def _config(self, before: dict, sent: dict) -> dict:
        assert sent, "an empty config"
        assert set(sent) <= set(facts.SETTABLE), f"422: config {sorted(sent)}"
        for key, value in sent.items():
            kind = bool if key == "force" else int if key in facts.NUMBERS else str
            assert is_a(kind, value), f"422: config.{key} is {value!r}"
        shown = dict(sent)
        for key in facts.NUMBERS:
            if key in shown and self.habits.strings:
                shown[key] = str(shown[key])
        if "force" in shown:
            shown["force"] = self.habits.on if shown["force"] else self.habits.off
        if self.habits.extra:
            shown["memory"] = 128
        return {**dict.fromkeys(_KEYS), **(before if self.habits.merges else {}), **shown}


def worker_command(config: dict) -> str:
    """Return the command that the service generates for a worker."""
    words = ["php artisan queue:work", *filter(None, [config["connection"]])]
    for key in _KEYS[1:-2]:
        if config[key] is not None:
            words.append(f"--{key}={config[key]}")
    return " ".join(
        [*words, *(["--force"] if config["force"] in (True, 1, "1") else []), "--quiet"]
    )
