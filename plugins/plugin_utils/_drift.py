# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the results of tasks in check mode say of drift, and that as text, JSON and HTML.

This module is private to the collection.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from html import escape
from typing import Any

HIDDEN = "the task has no_log, so its result is hidden"

_WIDEST = 60
_SAID = {
    "missing": "is missing",
    "surplus": "should not be there",
    "differs": "differs",
    "unknown": "could not be compared",
}


@dataclass(frozen=True)
class Row:
    """One process that is not as it should be, or, with the state ``unknown``, a task that could
    not tell. ``fields`` are ``{option, live, wanted}``; ``message`` is a failure's."""

    application: str
    process: str | None
    state: str
    fields: tuple[dict[str, Any], ...] = ()
    message: str | None = None


@dataclass
class Report:
    """The rows of a run, and the applications that were compared, by name."""

    compared: set[str] = field(default_factory=set)
    rows: list[Row] = field(default_factory=list)

    def add(self, host: str, is_application: bool, result: dict[str, Any], failed: bool) -> None:
        """Take in the result of a task, or of an item of its loop. ``is_application`` tells that
        the host is an application, and not the machine that tasks for several of them run on."""
        application = host if is_application else _scope(result) or host
        self.compared.add(application)
        if "censored" in result:
            if failed or result.get("changed"):
                self.rows.append(Row(application, None, "unknown", message=HIDDEN))
        elif failed:
            message = str(result.get("msg") or "no message")
            self.rows.append(Row(application, None, "unknown", message=message))
        else:
            self.rows += _rows(application, result)

    def summary(self) -> dict[str, int]:
        """How many applications were compared, are as they should be, differ, are unknown."""
        unknown = {row.application for row in self.rows if row.state == "unknown"}
        differ = {row.application for row in self.rows} - unknown
        as_wanted = len(self.compared) - len(differ) - len(unknown)
        return {
            "applications": len(self.compared),
            "as_wanted": as_wanted,
            "differ": len(differ),
            "unknown": len(unknown),
        }

    def sorted_rows(self) -> list[Row]:
        """The rows by application, in the order of the tasks within one."""
        return sorted(self.rows, key=lambda row: row.application)

    def told(self) -> str:
        """The summary in one sentence."""
        counts = self.summary()
        unknown = f", {counts['unknown']} could not be compared" if counts["unknown"] else ""
        plural = "" if counts["applications"] == 1 else "s"
        return (
            f"{counts['applications']} application{plural}: {counts['as_wanted']} as wanted, "
            f"{counts['differ']} differ{unknown}"
        )

    def as_json(self) -> str:
        """The report as a JSON document."""
        rows = [asdict(row) for row in self.sorted_rows()]
        return json.dumps({"summary": self.summary(), "rows": rows}, indent=2, default=str) + "\n"

    def as_text(self) -> str:
        """The report as a table of one line for each difference, for a terminal."""
        cells = [("application", "process", "what differs")]
        for row in self.sorted_rows():
            for number, what in enumerate(_lines(row)):
                first = (row.application, _cut(row.process or "")) if number == 0 else ("", "")
                cells.append((_plain(first[0]), _plain(first[1]), _plain(what)))
        text = f"Drift: {self.told()}\n"
        if len(cells) == 1:
            return text
        widths = [max(len(line[column]) for line in cells) for column in (0, 1)]
        cells.insert(1, ("-" * widths[0], "-" * widths[1], "-" * len(cells[0][2])))
        lines = [f"{a:<{widths[0]}}  {b:<{widths[1]}}  {c}".rstrip() for a, b, c in cells]
        return text + "\n" + "\n".join(lines) + "\n"

    def as_html(self) -> str:
        """The report as a page that needs nothing else."""
        rows = "".join(
            f'<tr class="{escape(row.state)}"><td>{escape(row.application)}</td>'
            f"<td>{escape(row.process or '')}</td>"
            f"<td>{'<br>'.join(escape(line) for line in _lines(row, None))}</td></tr>\n"
            for row in self.sorted_rows()
        )
        return _PAGE.format(summary=escape(self.told()), rows=rows)


def _rows(application: str, result: dict[str, Any]) -> list[Row]:
    """The rows of one result of a module that writes: of its ``diff`` and ``process(es)``."""
    diffs, processes = result.get("diff"), result.get("processes")
    if not isinstance(diffs, list):
        diffs, processes = [diffs or {}], [result.get("process")]
    rows = []
    for number, diff in enumerate(diffs):
        before, after = diff.get("before") or {}, diff.get("after") or {}
        if before == after:
            continue
        live = processes[number] if processes and number < len(processes) else None
        state = "differs" if before and after else "missing" if after else "surplus"
        # By the name that it has now, which may be what differs.
        known = {**before, **after, **(live or {}), **_named(before)}
        name = _name(known) or diff.get("before_header")
        fields = () if state == "surplus" else tuple(_fields(before, after))
        rows.append(Row(application, name, state, fields))
    return rows


def _scope(result: dict[str, Any]) -> str | None:
    """The id of the application or instance that a result is about."""
    processes = [result.get("process"), *(result.get("processes") or [])]
    for process in processes:
        scope = process and (process.get("app_id") or process.get("instance_id"))
        if scope:
            return str(scope)
    for step in result.get("plan") or []:
        parts = str(step.get("path")).split("/")
        if parts[1] in ("applications", "instances"):
            return parts[2]
    return None


def _named(process: dict[str, Any]) -> dict[str, Any]:
    name = process.get("display_name")
    return {"display_name": name} if name else {}


def _name(process: dict[str, Any]) -> str | None:
    """What a person calls a process: its name, its command, or a worker's queues."""
    config = process.get("config")
    if process.get("type") == "worker" and isinstance(config, dict):
        queue = config.get("queue")
        queues = ",".join(map(str, queue)) if isinstance(queue, list) else queue
        return " ".join(str(part) for part in (config.get("connection"), queues) if part)
    name = process.get("display_name") or process.get("command") or process.get("id")
    return None if name is None else str(name)


def _fields(before: Any, after: Any, path: str = "") -> list[dict[str, Any]]:
    """The options that differ, by their dotted names."""
    if isinstance(before, dict) and isinstance(after, dict):
        keys = [*after, *(key for key in before if key not in after)]
        return [
            each
            for key in keys
            for each in _fields(before.get(key), after.get(key), f"{path}.{key}".lstrip("."))
        ]
    return [] if before == after else [{"option": path, "live": before, "wanted": after}]


def _lines(row: Row, widest: int | None = _WIDEST) -> list[str]:
    if row.state == "unknown":
        return [f"{_SAID['unknown']}: {row.message}"]
    if row.state != "differs":
        return [_SAID[row.state]]
    return [
        f"{each['option']}: {_value(each['live'], widest)} -> {_value(each['wanted'], widest)}"
        for each in row.fields
    ]


def _value(value: Any, widest: int | None) -> str:
    text = "nothing" if value is None else json.dumps(value, ensure_ascii=False, default=str)
    return _cut(text, widest)


def _cut(text: str, widest: int | None = _WIDEST) -> str:
    return text if widest is None or len(text) <= widest else f"{text[: widest - 3]}..."


def _plain(text: str) -> str:
    """A text that cannot steer a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Drift</title>
<style>
body {{ font-family: sans-serif; margin: 2em; }}
table {{ border-collapse: collapse; }}
th, td {{ border: 1px solid #bbb; padding: .3em .6em; text-align: left; vertical-align: top; }}
tr.missing td:last-child {{ background: #fff3cd; }}
tr.surplus td:last-child {{ background: #e2e3e5; }}
tr.unknown td:last-child {{ background: #f8d7da; }}
</style>
</head>
<body>
<h1>Drift</h1>
<p>{summary}</p>
<table>
<thead><tr><th>Application</th><th>Process</th><th>What differs</th></tr></thead>
<tbody>
{rows}</tbody>
</table>
</body>
</html>
"""
