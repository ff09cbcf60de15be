# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The facts about Laravel Cloud's background processes, written only for the tests.

Existing processes have the service's own format: JSON:API resources, ``config`` an empty list for a
custom process, with numbers as numbers or strings. No code of the planner is used.
"""

from __future__ import annotations

from typing import Any

NUMBERS = ("tries", "backoff", "sleep", "rest", "timeout")
SETTABLE = ("connection", "queue", *NUMBERS, "force")
UNSET = {"backoff": 0, "rest": 0, "force": False}
"""Laravel's defaults that mean the same as without the setting."""

OPTIONS = ("type", "processes", "command", "config")


def queues(text: Any) -> list:
    """Return the queues in a comma-separated string or a list of strings, in order."""
    texts = [text] if isinstance(text, str) else text
    return [part.strip() for each in texts for part in each.split(",") if part.strip()]


def settings(resource: dict) -> dict:
    """Return the config of an existing process in a normal form: only set values, numbers as
    numbers, the queues as a list. force is omitted if it is off, which is how the worker runs
    without it."""
    shown = resource["attributes"].get("config") or {}
    found: dict = {}
    for key in SETTABLE:
        value = shown.get(key)
        if value in (None, ""):
            continue
        if key == "force":
            if value in (True, 1, "1"):
                found[key] = True
        elif key == "queue":
            found[key] = queues(value)
        else:
            found[key] = int(value) if key in NUMBERS else value
    return found


def asked(config: dict) -> dict:
    """Return the config that a user requests, in the same form; force only if it is on."""
    wanted = {key: value for key, value in config.items() if key != "force" or value}
    if "queue" in wanted:
        wanted["queue"] = queues(wanted["queue"])
    return wanted


def differs(option: str, want: Any, resource: dict) -> bool:
    """Return whether an existing process differs from the request."""
    if option != "config":
        want = want.strip() if option == "command" else want
        have = resource["attributes"].get(option)
        return bool(int(have) != want if option == "processes" else have != want)
    have, wanted = {**UNSET, **settings(resource)}, {**want, **asked(want)}
    return any(key not in have or have[key] != value for key, value in wanted.items())


def meant(given: dict, live: list) -> list:
    """Return the processes that an entry matches."""
    if given.get("id"):
        return [each for each in live if each["id"] == given["id"]]
    same = [each for each in live if each["attributes"]["type"] == given["type"]]
    if given["type"] == "custom":
        command = given["command"].strip()
        return [each for each in same if each["attributes"]["command"].strip() == command]
    wanted = asked(given.get("config", {}))
    return [
        each
        for each in same
        if all(
            settings(each).get(key) == wanted[key]
            for key in ("connection", "queue")
            if key in wanted
        )
    ]


def whole(want: dict, resource: Any) -> dict:
    """Return the config that must be sent: existing settable keys that are set, and the requested
    ones."""
    sent = {**({} if resource is None else settings(resource)), **asked(want)}
    sent.pop("force", None)
    live = None if resource is None else (resource["attributes"]["config"] or {}).get("force")
    if "force" in want:
        sent["force"] = want["force"]
    elif live is not None:
        sent["force"] = live in (True, 1, "1")
    if "queue" in sent:
        sent["queue"] = ",".join(sent["queue"])
    return sent


def to_refuse(given: dict, resource: Any) -> set:
    """Return the options that must be refused, for an existing process or, with None, for a new
    one."""
    kind = given.get("type") if resource is None else resource["attributes"]["type"]
    bad = set()
    if "command" in given and kind != "custom":
        bad.add("command")
    if "config" in given and kind != "worker":
        bad.add("config")
    if resource is not None:
        bad |= {"type"} if "type" in given and given["type"] != kind else set()
        if kind == "worker" and queues(given.get("config", {}).get("queue", "any")) == []:
            bad.add("config")
    elif kind == "worker":
        wanted = asked(given.get("config", {}))
        bad |= set() if wanted.get("connection") and wanted.get("queue") else {"config"}
    return bad
