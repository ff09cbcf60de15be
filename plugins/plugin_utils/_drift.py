# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The drift that the results of tasks in check mode show, as rows, text and JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

COLLECTION = "evenkeel.paas."
"""The prefix of the full name of each module of the collection."""

HIDDEN = "the task has no_log, so its result is hidden"

SERVICES = {"sevalla": "Sevalla", "laravel_cloud": "Laravel Cloud"}
"""The names of the services, by the prefix of their modules."""

STATES = {
    "missing": "is missing",
    "surplus": "should not exist",
    "differs": "differs",
    "unknown": "could not be compared",
}
"""The states of a row, in words."""

_NOT_COMPARING = ("_info", "_deployment", "_run", "_exec", "_command")
"""The suffixes of modules that read or start something, and so have no drift."""

_RESOURCES = {"process": "processes", "instance": "instances"}
"""The result keys of the modules that compare: for one resource, and for a list."""

_SCOPE_OPTIONS = (
    ("application", "application_id", "app_id"),
    ("environment",),
    ("instance",),
)
"""The options that name the scope of a task, the widest first, each with its aliases."""

SCOPE_NAMES = {name for aliases in _SCOPE_OPTIONS for name in aliases}

_ACTIONS = {"create": "missing", "update": "differs", "delete": "surplus"}
_SCOPE_KEYS = ("app_id", "instance_id", "environment_id")
_SCOPE_PATH = re.compile(
    r"/(?:applications|environments|instances)/([^/]+)/(?:background-)?(?:processes|instances)"
)
_WIDEST = 60


def service_of(name: str) -> str:
    """Return the name of the service that a module belongs to."""
    bare = name.removeprefix(COLLECTION)
    return next((SERVICES[each] for each in SERVICES if bare.startswith(f"{each}_")), "")


def compares(module: str) -> bool:
    """Return whether this is a module of the collection that compares live resources."""
    return module.startswith(COLLECTION) and not module.endswith(_NOT_COMPARING)


class Source(NamedTuple):
    """The origin of a result: the full name of the module, the host, and the task's options.

    ``host_scope`` is the id of the application or instance that the host represents, None for a
    machine. ``is_verdict_own`` is false if the result's ``changed`` and ``failed`` may differ from
    the module's.
    """

    module: str
    host: str
    host_scope: str | None
    options: Mapping[str, Any]
    is_verdict_own: bool = True


@dataclass(frozen=True)
class Row:
    """A process that differs from its task or, with the state ``unknown``, a missing comparison.

    ``fields`` are ``{option, live, wanted}``; ``message`` is the reason for ``unknown``.
    """

    application: str
    service: str
    process: str | None
    state: str
    fields: tuple[dict[str, Any], ...] = ()
    message: str | None = None
    resource: str = "process"

    @property
    def title(self) -> str:
        """Return the name of the process; for another resource, the name and the kind."""
        name = self.process or ""
        return name if self.resource == "process" else f"{name} ({self.resource})"

    @property
    def key(self) -> tuple[str, str]:
        """Return the application that the row is about, with its service."""
        return self.application, self.service


@dataclass
class Report:
    """The rows of a run, and the applications of its tasks, each with its service."""

    applications: set[tuple[str, str]] = field(default_factory=set)
    rows: list[Row] = field(default_factory=list)
    playbooks: list[str] = field(default_factory=list)
    time: datetime | None = None
    _names: dict[tuple[str, str], str] = field(default_factory=dict)

    def add(self, source: Source, result: Mapping[str, Any], failed: bool) -> None:
        """Add the result of a task, or of one item of its loop.

        The module's own result decides. ``failed`` is the task's status, which ``failed_when`` may
        have changed; it counts only if the module's result does not show the outcome.
        """
        is_compared = "plan" in result and ("diff" in result or "counts" in result)
        if "censored" in result:
            if failed or (compares(source.module) and not _is_quiet(source, result)):
                self.add_unknown(source, HIDDEN)
            elif compares(source.module):
                self.applications.add(self._key(source))
        elif result.get("failure") or not (is_compared or "api" in result):
            if failed or "msg" in result:
                self.add_unknown(source, str(result.get("msg") or "no message"))
        elif is_compared:
            key = self._key(source, result)
            self.applications.add(key)
            self.rows += [row for row in _rows(key, result) if row not in self.rows]

    def add_unknown(self, source: Source, message: str) -> None:
        """Add an application that a task did not compare."""
        key = self._key(source)
        self.applications.add(key)
        row = Row(*key, None, "unknown", message=message)
        if row not in self.rows:
            self.rows.append(row)

    def add_missed(self, source: Source, message: str) -> None:
        """Add an application whose task did not run, unless it is already unknown."""
        key = self._key(source)
        if not any(row.key == key and row.state == "unknown" for row in self.rows):
            self.add_unknown(source, message)

    def _key(self, source: Source, result: Mapping[str, Any] | None = None) -> tuple[str, str]:
        """Return the application of a result, with one name for all tasks, and its service."""
        service = service_of(source.module)
        if source.host_scope:
            self._names[service, source.host_scope] = source.host
            return source.host, service
        given = _given_scope(source.options)
        scope = _scope(result or {}) or given
        name = self._names.get((service, scope or ""))
        if name is None:
            name = given or scope or source.host
            if scope:
                self._names[service, scope] = name
        return name, service

    def summary(self) -> dict[str, int]:
        """Return the numbers of all applications, and of those as wanted, different and unknown."""
        unknown = {row.key for row in self.rows if row.state == "unknown"}
        differ = {row.key for row in self.rows} - unknown
        return {
            "applications": len(self.applications),
            "as_wanted": len(self.as_wanted()),
            "differ": len(differ),
            "unknown": len(unknown),
        }

    def sorted_rows(self) -> list[Row]:
        """Return the rows sorted by application, then in the order of the tasks."""
        return sorted(self.rows, key=lambda row: natural(row.key))

    def as_wanted(self) -> list[tuple[str, str]]:
        """Return the applications without a row, each with its service."""
        return sorted(self.applications - {row.key for row in self.rows}, key=natural)

    def summary_words(self) -> str:
        """Return the summary in one sentence."""
        counts = self.summary()
        unknown = f", {counts['unknown']} could not be compared" if counts["unknown"] else ""
        plural = "" if counts["applications"] == 1 else "s"
        return (
            f"{counts['applications']} application{plural}: {counts['as_wanted']} as wanted, "
            f"{counts['differ']} differ{unknown}"
        )

    def as_json(self) -> str:
        """Return the report as a JSON document."""
        document = {
            "playbooks": self.playbooks,
            "time": self.time and self.time.isoformat(timespec="seconds"),
            "summary": self.summary(),
            "rows": [asdict(row) for row in self.sorted_rows()],
            "as_wanted": [
                {"application": name, "service": service} for name, service in self.as_wanted()
            ],
        }
        return json.dumps(document, indent=2, default=str) + "\n"

    def as_text(self) -> str:
        """Return the report for a terminal, as a table with one line for each difference."""
        text = f"Drift: {self.summary_words()}\n"
        if not self.rows:
            return text
        cells: list[tuple[str, ...]] = [("application", "service", "process", "what differs")]
        for row in self.sorted_rows():
            first = (row.application, row.service, cut(row.title))
            for what in lines(row):
                cells.append((*(_plain(each) for each in first), _plain(what)))
                first = ("", "", "")
        widths = [max(len(line[column]) for line in cells) for column in range(3)]
        cells.insert(1, (*("-" * width for width in widths), "-" * len(cells[0][3])))
        table = ["  ".join((*map(str.ljust, line[:3], widths), line[3])).rstrip() for line in cells]
        rest = len(self.as_wanted())
        if rest:
            verb = "other application is" if rest == 1 else f"other {rest} applications are"
            table += ["", f"The {verb} as wanted."]
        return "\n".join((text, *table, ""))


def natural(names: Iterable[str]) -> list[Any]:
    """Return a key that sorts names as people do: ``fleet-6`` before ``fleet-60``."""
    key: list[Any] = []
    for name in names:
        # Splitting by a group alternates texts and numbers, so only like types are compared.
        parts = re.split(r"(\d+)", name.casefold())
        key += [[int(part) if at % 2 else part for at, part in enumerate(parts)], name]
    return key


def lines(row: Row) -> list[str]:
    """Return the description of a row, with one line for each option that differs."""
    if row.state == "unknown":
        return [f"{STATES['unknown']}: {row.message}"]
    if not row.fields or row.state != "differs":
        return [STATES[row.state]]
    return [
        f"{each['option']}: {cut(value_words(each['live']))} -> {cut(value_words(each['wanted']))}"
        for each in row.fields
    ]


def value_words(value: Any) -> str:
    """Return the value of an option as text for people."""
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False, default=str)


def cut(text: str) -> str:
    """Return a text, shortened to at most ``_WIDEST`` characters."""
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 3]}..."


def _is_quiet(source: Source, result: Mapping[str, Any]) -> bool:
    """Return whether a hidden result is known to have no change."""
    return source.is_verdict_own and not result.get("changed")


def _rows(key: tuple[str, str], result: Mapping[str, Any]) -> list[Row]:
    """Return the rows of a result: the changes of its plan, with the details of its diff.

    The result of a list may omit the diffs of unchanged resources, or all diffs. The plan is
    complete.
    """
    steps = [step for step in result["plan"] if step.get("action") in _ACTIONS]
    if not steps:
        return []
    resource = next(
        (one for one, several in _RESOURCES.items() if one in result or several in result),
        "process",
    )
    rows = [
        Row(*key, name, state, fields, resource=resource)
        for name, state, fields in _differences(result, resource)
    ]
    return rows or [
        Row(*key, name, state, resource=resource) for name, state in _planned_changes(steps)
    ]


def _differences(
    result: Mapping[str, Any], resource: str
) -> list[tuple[str | None, str, tuple[dict[str, Any], ...]]]:
    """Return the name, state and fields of each diff that shows a difference."""
    diffs = result.get("diff")
    if isinstance(diffs, list):
        live = list(result.get(_RESOURCES[resource]) or [])
        # A process that prune deletes has a diff but is not in the list.
        listed = [diff for diff in diffs if diff.get("after") or not diff.get("before")]
        # Diffs and live processes match by position, unless only one list has the unchanged ones.
        live = live if len(live) == len(listed) else []
    else:
        diffs, live = [diffs or {}], [result.get(resource)]
    found = []
    for number, diff in enumerate(diffs):
        before, after = diff.get("before") or {}, diff.get("after") or {}
        if before == after:
            continue
        state = "differs" if before and after else "missing" if after else "surplus"
        # Use the live name, because the name may be what differs.
        now = {key: before[key] for key in ("display_name", "name") if before.get(key)}
        process = live[number] if number < len(live) else None
        name = _name({**before, **after, **(process or {}), **now}) or diff.get("before_header")
        fields = () if state == "surplus" else tuple(_fields(before, after))
        found.append((name, state, fields))
    return found


def _planned_changes(steps: list[dict[str, Any]]) -> list[tuple[str | None, str]]:
    """Return the name and state of each process that a plan changes, for a result without diffs."""
    found = []
    for step in steps:
        last = str(step.get("path")).rsplit("/", 1)[-1]
        if step["action"] == "create":
            found.append((_name(step.get("body") or {}), "missing"))
        elif not last.startswith("{"):  # else it completes the previous step's creation
            found.append((last, _ACTIONS[step["action"]]))
    return list(dict.fromkeys(found))


def _given_scope(options: Mapping[str, Any]) -> str | None:
    """Return the scope that a task's options name, or None if they do not or it is a template."""
    given = []
    for aliases in _SCOPE_OPTIONS:
        value = next((options[name] for name in aliases if options.get(name)), None)
        if value is not None:
            given.append(str(value))
    name = ".".join(given)
    return None if not name or "{{" in name or "{%" in name else name


def _scope(result: Mapping[str, Any]) -> str | None:
    """Return the id of the application, instance or environment that a result is about."""
    for each in (*map(result.get, _RESOURCES), *(result.get("processes") or [])):
        scopes = [each[key] for key in _SCOPE_KEYS if each.get(key)] if each else []
        if scopes:
            return str(scopes[0])
    for step in result.get("plan") or []:
        match = _SCOPE_PATH.match(str(step.get("path")))
        if match:
            return match[1]
    return None


def _name(process: Mapping[str, Any]) -> str | None:
    """Return the name of a process for people: its name, its command, or a worker's queues."""
    config = process.get("config")
    if process.get("type") == "worker" and isinstance(config, dict):
        queue = config.get("queue")
        queues = ",".join(map(str, queue)) if isinstance(queue, list) else queue
        return " ".join(str(part) for part in (config.get("connection"), queues) if part)
    keys = ("display_name", "name", "command", "id")
    return next((str(process[key]) for key in keys if process.get(key)), None)


def _fields(before: Any, after: Any, path: str = "") -> list[dict[str, Any]]:
    """Return the options that differ, by their dotted names."""
    if isinstance(before, dict) and isinstance(after, dict):
        keys = [*after, *(key for key in before if key not in after)]
        return [
            each
            for key in keys
            for each in _fields(before.get(key), after.get(key), f"{path}.{key}".lstrip("."))
        ]
    return [] if before == after else [{"option": path, "live": before, "wanted": after}]


def _plain(text: str) -> str:
    """Return a text on one line, without control characters, which could change the terminal."""
    line = " ".join(text.split())
    return "".join(letter if letter.isprintable() else "?" for letter in line)
