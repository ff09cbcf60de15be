# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is known of Laravel Cloud's background processes, written for the tests alone.

Live processes are in the service's own form here: JSON:API resources, ``config`` an empty
list for a custom process, numbers in it as numbers or strings. No code of the planner.
"""

from __future__ import annotations

from typing import Any

NUMBERS = ("tries", "backoff", "sleep", "rest", "timeout")
SETTABLE = ("connection", "queue", *NUMBERS, "force")
OPTIONS = ("type", "processes", "command", "config")


def queues(text: Any) -> list:
    """The queues in a comma-separated text or a list of such, in order."""
    texts = [text] if isinstance(text, str) else text
    return [part.strip() for each in texts for part in each.split(",") if part.strip()]


def settings(resource: dict) -> dict:
    """The config of a live process in one form: what is set, numbers as numbers, the queues as
    a list. force is left out when it is off, which is how the worker runs without it."""
    shown = resource["attributes"].get("config") or {}
    found: dict = {}
    for key in SETTABLE:
        value = shown.get(key)
        if value is None:
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
    """The config that a user asks for, in the same form; force only when it is on."""
    wanted = {key: value for key, value in config.items() if key != "force" or value}
    if "queue" in wanted:
        wanted["queue"] = queues(wanted["queue"])
    return wanted


def differs(option: str, want: Any, resource: dict) -> bool:
    """Whether a live process has not what was asked for."""
    if option != "config":
        want = want.strip() if option == "command" else want
        have = resource["attributes"].get(option)
        return bool(int(have) != want if option == "processes" else have != want)
    have, wanted = settings(resource), asked(want)
    if "force" in want and have.get("force", False) != want["force"]:
        return True
    return any(key not in have or have[key] != value for key, value in wanted.items())


def meant(given: dict, live: list) -> list:
    """The processes that an entry addresses."""
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
    """The config that has to be sent: live settable keys that are set, and the given ones."""
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
    """The options that have to be refused, for a live process or, with None, for a new one."""
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
