# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The drift report: what it reads from the modules' results, and how it shows it."""

from __future__ import annotations

import json
import re
import textwrap
from datetime import datetime, timezone
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.evenkeel.paas.plugins.plugin_utils._drift import (
    Report,
    Row,
    Source,
    compares,
    natural,
    service_of,
)
from ansible_collections.evenkeel.paas.plugins.plugin_utils._drift_page import as_html
from ansible_collections.evenkeel.paas.tests.emulator.world import (
    LARAVEL_CLOUD_PRODUCTION_WORKERS_ID,
    SEVALLA_BLOG_ID,
    SEVALLA_SHOP_ID,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.scenarios.running import (
    Runner,
)

ROOT = Path(__file__).resolve().parents[4]
QUEUE = {"display_name": "queue", "type": "worker", "entrypoint": "a", "resource_type": "s1"}
MAILS = {"type": "worker", "config": {"connection": "redis", "queue": ["mails"], "tries": 3}}


class Page(HTMLParser):
    """The texts of a page, each as (element, text), without the style, and the names of all
    elements."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.texts: list[tuple[str, str]] = []
        self.elements: dict[str, list[dict[str, Any]]] = {}
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.elements.setdefault(tag, []).append(dict(attrs))
        if tag != "meta":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip() and self._open[-1] != "style":
            self.texts.append((self._open[-1], data.strip()))

    def of(self, *elements: str) -> list[str]:
        """Return the texts of some elements, in order."""
        return [text for element, text in self.texts if element in elements]


@pytest.fixture
def run(emulator: Any) -> Runner:
    """Return a runner of modules against the emulator."""
    return Runner(emulator)


def checked(run: Runner, module: str, **options: Any) -> dict[str, Any]:
    """Return the result of a module in check mode."""
    outcome = run(module, check_mode=True, **options)
    assert outcome.message is None
    return outcome.result


def source(module: str, host: str, scope: str | None = "scope", **options: Any) -> Source:
    """Return the source of a result; by default a host that is an application."""
    return Source(f"evenkeel.paas.{module}", host, scope and f"{scope} of {host}", options)


SHOP = source("sevalla_processes", "shop")


def rows(report: Report) -> list[tuple[str, str | None, str]]:
    """Return the rows of a report, without their fields."""
    return [(row.application, row.process, row.state) for row in report.sorted_rows()]


def test_nothing_differs(run: Runner) -> None:
    report = Report()
    report.add(
        SHOP,
        checked(
            run,
            "sevalla_processes",
            application="shop-x1y2z",
            processes=[{"type": "web", "port": 8080}],
        ),
        False,
    )
    assert rows(report) == []
    assert report.summary() == {"applications": 1, "as_wanted": 1, "differ": 0, "unknown": 0}
    assert report.as_text() == "Drift: 1 application: 1 as wanted, 0 differ\n"
    report_data = json.loads(report.as_json())
    assert report_data["rows"] == []
    assert report_data["as_wanted"] == [{"application": "shop", "service": "Sevalla"}]
    page = Page(as_html(report))
    assert "section" not in page.elements
    assert page.of("b") == ["0", "0", "1", "shop"]


def test_missing_changed_and_unlisted_processes_are_drift(run: Runner) -> None:
    """A complete list with prune, on Sevalla."""
    scope = {"application": SEVALLA_SHOP_ID}
    for name in ("queue", "mails"):
        assert run("sevalla_process", **scope, **{**QUEUE, "display_name": name}).message is None
    strategy = {"type": "manual", "instance_count": 3}
    wanted = [
        {"type": "web", "port": 8080},
        {"display_name": "queue", "entrypoint": "b", "scaling_strategy": strategy},
        {**QUEUE, "display_name": "report"},
    ]
    report = Report()
    result = checked(run, "sevalla_processes", **scope, processes=wanted, prune=True)
    report.add(SHOP, result, False)
    assert rows(report) == [
        ("shop", "queue", "differs"),
        ("shop", "report", "missing"),
        ("shop", "mails", "surplus"),
    ]
    assert list(report.rows[0].fields) == [
        {"option": "entrypoint", "live": "a", "wanted": "b"},
        {"option": "scaling_strategy.instance_count", "live": 1, "wanted": 3},
    ]
    lines = [line.split() for line in report.as_text().splitlines()[4:]]
    assert lines == [
        ["shop", "Sevalla", "queue", "entrypoint:", '"a"', "->", '"b"'],
        ["scaling_strategy.instance_count:", "1", "->", "3"],
        ["shop", "Sevalla", "report", "is", "missing"],
        ["shop", "Sevalla", "mails", "should", "not", "exist"],
    ]
    assert Page(as_html(report)).of("h2", "small", "h3", "span", "dt", "del", "ins") == [
        *("shop", "Sevalla"),
        *("queue", "differs"),
        *("entrypoint", '"a"', '"b"', "scaling_strategy.instance_count", "1", "3"),
        *("report", "is missing"),
        *("mails", "should not exist"),
    ]


def test_background_processes(run: Runner) -> None:
    scope = {"instance": LARAVEL_CLOUD_PRODUCTION_WORKERS_ID}
    for each in (MAILS, {"type": "custom", "command": "php artisan horizon"}):
        assert run("laravel_cloud_background_process", **scope, **each).message is None
    wanted = [
        {"type": "custom", "command": "php artisan horizon", "processes": 4},
        {"type": "custom", "command": "php artisan reverb:start"},
        {**MAILS, "config": {**MAILS["config"], "tries": 5}},
    ]
    report = Report()
    module = "laravel_cloud_background_processes"
    result = checked(run, module, **scope, processes=wanted)
    report.add(source(module, "workers"), result, False)
    assert rows(report) == [
        ("workers", "php artisan horizon", "differs"),
        ("workers", "php artisan reverb:start", "missing"),
        ("workers", "redis mails", "differs"),
    ]
    assert list(report.rows[2].fields) == [{"option": "config.tries", "live": 3, "wanted": 5}]


def test_single_processes(run: Runner) -> None:
    """With the modules for one process; a changed name is shown as it is now."""
    scope = {"application": SEVALLA_SHOP_ID}
    made = run("sevalla_process", **scope, **QUEUE).result["process"]
    report = Report()
    for options in (
        {"id": made["id"], "display_name": "renamed"},
        {"display_name": "queue", "state": "absent"},
        {**QUEUE, "display_name": "other"},
    ):
        result = checked(run, "sevalla_process", **scope, **options)
        report.add(source("sevalla_process", "shop"), result, False)
    assert rows(report) == [
        ("shop", "queue", "differs"),
        ("shop", "queue", "surplus"),
        ("shop", "other", "missing"),
    ]


def test_tasks_of_one_host_for_several_applications_have_one_line_each(run: Runner) -> None:
    """It has the name that its first task uses."""
    report = Report()
    module = "sevalla_process"
    for application in ("shop-x1y2z", "blog-a1b2c", SEVALLA_SHOP_ID):
        made = checked(run, module, application=application, **QUEUE)
        report.add(source(module, "localhost", None, application=application), made, False)
    for application in (SEVALLA_BLOG_ID, "shop-x1y2z", "other"):
        failed = {"failure": {"code": "not_found"}, "msg": f"no {application}"}
        report.add(source(module, "localhost", None, application_id=application), failed, True)
    module = "laravel_cloud_background_processes"
    scope = {"application": "shop", "environment": "production", "instance": "Workers"}
    worker = checked(run, module, **scope, processes=[MAILS])
    report.add(source(module, "localhost", None, **scope), worker, False)
    by_id = {"instance": LARAVEL_CLOUD_PRODUCTION_WORKERS_ID}
    worker = checked(run, module, **by_id, processes=[MAILS])
    report.add(source(module, "localhost", None, **by_id), worker, False)
    report.add(source(module, "localhost", None, instance="{{ x }}"), {"msg": "no x"}, True)
    assert [(row.application, row.service, row.state) for row in report.sorted_rows()] == [
        ("blog-a1b2c", "Sevalla", "missing"),
        ("blog-a1b2c", "Sevalla", "unknown"),
        ("localhost", "Laravel Cloud", "unknown"),
        ("other", "Sevalla", "unknown"),
        ("shop-x1y2z", "Sevalla", "missing"),
        ("shop-x1y2z", "Sevalla", "unknown"),
        ("shop.production.Workers", "Laravel Cloud", "missing"),
    ]


def test_an_application_of_the_inventory_has_the_name_of_its_host(run: Runner) -> None:
    """Also for tasks that run on another host; they are matched by id."""
    report = Report()
    options = {"application": SEVALLA_SHOP_ID}
    made = checked(run, "sevalla_process", **options, **QUEUE)
    host = Source("evenkeel.paas.sevalla_process", "shop", SEVALLA_SHOP_ID, options)
    report.add(host, made, False)
    report.add(source("sevalla_process", "localhost", None, application="shop-x1y2z"), made, False)
    assert rows(report) == [("shop", "queue", "missing")]


def test_a_failed_task_is_not_reported_as_unchanged(run: Runner) -> None:
    failed = run("sevalla_process", check_mode=True, application="shoop", type="web")
    report = Report()
    report.add(SHOP, {**failed.result, "msg": failed.message, "failed": True}, True)
    for host, is_own, changed in (
        ("blog", True, True),
        ("twin", True, False),
        ("cron", False, False),
    ):
        task = source("sevalla_process", host)._replace(is_verdict_own=is_own)
        report.add(task, {"censored": "hidden", "changed": changed}, False)
    assert report.summary() == {"applications": 4, "as_wanted": 1, "differ": 0, "unknown": 3}
    assert "3 could not be compared" in report.summary_words()
    text = report.as_text()
    assert "could not be compared: There is no application 'shoop' on Sevalla" in text
    assert "the task has no_log" in text
    assert "The other application is as wanted." in text


def test_the_result_of_the_module_counts_instead_of_changed_when(run: Runner) -> None:
    options = {"application": "shop-x1y2z", "type": "web", "port": 9090}
    differs = checked(run, "sevalla_process", **options)
    failed = run("sevalla_process", check_mode=True, application="shoop", type="web")
    report = Report()
    report.add(source("sevalla_process", "a"), {**differs, "changed": False}, True)
    report.add(source("sevalla_process", "b"), {**failed.result, "msg": failed.message}, False)
    report.add(source("sevalla_process", "c"), {"msg": "no requests"}, False)
    assert [state for _host, _process, state in rows(report)] == ["differs", "unknown", "unknown"]


def test_tasks_that_do_not_compare_are_ignored(run: Runner) -> None:
    report = Report()
    for module in ("sevalla_process_info", "sevalla_deployment"):
        result = checked(run, module, application="shop-x1y2z")
        report.add(source(module, "shop"), result, False)
        report.add(source(module, "shop"), {"censored": "hidden", "changed": True}, False)
    assert report.applications == set()
    report.add(source("sevalla_deployment", "shop"), {"failure": {}, "msg": "broken"}, True)
    assert rows(report) == [("shop", None, "unknown")]


MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("[a-z]*.py"))


@pytest.mark.parametrize("module", MODULES)
def test_a_module_compares_if_it_returns_a_diff(module: str) -> None:
    """The report knows the service of each module, and whether to expect a comparison."""
    documentation = (ROOT / "plugins" / "modules" / f"{module}.py").read_text()
    returned = documentation.split('RETURN = r"""')[1]
    assert compares(f"evenkeel.paas.{module}") == bool(re.search("^diff:", returned, re.MULTILINE))
    assert service_of(f"evenkeel.paas.{module}") in ("Sevalla", "Laravel Cloud")


@pytest.mark.parametrize("kept", ["none", "changed", "diff alone"])
def test_a_list_that_omits_unchanged_processes(run: Runner, kept: str) -> None:
    """The plan is complete, and sufficient."""
    scope = {"application": SEVALLA_SHOP_ID}
    ids = {
        name: run("sevalla_process", **scope, **{**QUEUE, "display_name": name}).result["process"][
            "id"
        ]
        for name in ("queue", "mails")
    }
    wanted = [
        {"type": "web", "port": 8080},
        {"id": ids["queue"], "entrypoint": "b"},
        {**QUEUE, "display_name": "report"},
    ]
    result = checked(run, "sevalla_processes", **scope, processes=wanted, prune=True)
    changed = [each for each in result["diff"] if each["before"] != each["after"]]
    lean = {
        "none": {**result, "diff": None, "processes": None},
        "changed": {**result, "diff": changed, "processes": result["processes"][1:]},
        "diff alone": {**result, "diff": changed},
    }[kept]
    lean = {"counts": {}, **{key: value for key, value in lean.items() if value is not None}}
    report = Report()
    report.add(SHOP, lean, False)
    queue, mails = {
        "none": (ids["queue"], ids["mails"]),
        "changed": ("queue", "mails"),
        "diff alone": (f"process with id {ids['queue']}", "mails"),
    }[kept]
    assert rows(report) == [
        ("shop", queue, "differs"),
        ("shop", "report", "missing"),
        ("shop", mails, "surplus"),
    ]
    assert [bool(row.fields) for row in report.rows[:2]] == [kept != "none"] * 2
    assert "None" not in report.as_text()
    # A plan without steps is unchanged, whatever else the result contains.
    report = Report()
    report.add(SHOP, {"plan": [], "counts": {"unchanged": 3}, "api": {}}, False)
    assert report.summary()["as_wanted"] == 1


def test_instances_by_id_belong_to_their_environments() -> None:
    """Their tasks name no scope; each instance shows its environment."""
    report = Report()
    for number, size in ((1, "pro"), (2, "flex")):
        given = source("laravel_cloud_instance", "localhost", None, id=f"inst-{number}")
        changes = size == "pro"
        step = {"action": "update", "method": "PATCH", "path": f"/instances/inst-{number}"}
        result = {
            "plan": [{**step, "body": {"size": size}}] if changes else [],
            "diff": {"before": {"size": "flex"}, "after": {"size": size}},
            "instance": {"id": f"inst-{number}", "environment_id": f"env-{number}", "size": size},
        }
        report.add(given, result, False)
    assert report.summary() == {"applications": 2, "as_wanted": 1, "differ": 1, "unknown": 0}


def test_a_resource_that_is_not_a_process() -> None:
    """An instance is shown as such, and belongs to the target of its task."""
    step = {"action": "update", "method": "PATCH", "path": "/instances/inst-1", "body": {"size": 2}}
    result = {
        "plan": [step],
        "diff": {"before": {"name": "Workers", "size": 1}, "after": {"name": "W", "size": 2}},
        "instance": {"id": "inst-1", "name": "W", "size": 2},
    }
    report = Report()
    scope = {"application": "shop", "environment": "production"}
    report.add(source("laravel_cloud_instance", "localhost", None, **scope), result, False)
    (row,) = report.rows
    assert (row.application, row.process, row.resource) == (
        "shop.production",
        "Workers",
        "instance",
    )
    assert "Workers (instance)" in report.as_text()
    assert Page(as_html(report)).of("h3") == ["Workers (instance)"]


def test_a_row_is_not_repeated() -> None:
    """Two tasks can find the same: a check first, and the task itself."""
    step = {"action": "create", "path": "/applications/a/processes", "body": {"display_name": "x"}}
    report = Report()
    for _each in range(2):
        report.add(SHOP, {"plan": [step], "diff": {"after": {"display_name": "x"}}}, False)
        report.add_unknown(SHOP, "broken")
    report.add_missed(SHOP, "the same again")
    assert rows(report) == [("shop", "x", "missing"), ("shop", None, "unknown")]


def test_names_are_in_natural_order() -> None:
    names = ["fleet-60", "fleet-6", "Fleet-7", "10", "9", "fleet", "fleet-6-b"]
    expected = ["9", "10", "fleet", "fleet-6", "fleet-6-b", "Fleet-7", "fleet-60"]
    assert sorted(names, key=lambda name: natural([name])) == expected
    report = Report({(name, "Sevalla") for name in names})
    assert Page(as_html(report)).of("b")[3:] == expected
    assert [each["application"] for each in json.loads(report.as_json())["as_wanted"]] == expected


def test_the_html_page() -> None:
    """One file without external parts, for small and dark screens, with a title."""
    time = datetime(2026, 11, 28, 14, 5, tzinfo=timezone.utc)
    report = Report({("a", "Sevalla"), ("b", "Laravel Cloud")}, [], ["site.yml"], time)
    report.add_unknown(source("sevalla_process", "c"), "broken")
    text = as_html(report)
    page = Page(text)
    assert page.of("title") == [
        "Drift: site.yml, 2026-11-28 14:05 UTC: 3 applications: 2 as wanted, 0 differ, "
        "1 could not be compared"
    ]
    assert page.of("p") == ["site.yml, 2026-11-28 14:05 UTC", "broken"]
    assert page.of("h2", "small", "summary") == [
        *("c", "Sevalla"),
        *("2 as wanted", "Sevalla", "Laravel Cloud"),
    ]
    (details,) = page.elements["details"]
    assert "open" not in details
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in (
        page.elements["meta"]
    )
    assert "@media (prefers-color-scheme: dark)" in text
    assert not {"script", "link", "img", "iframe"} & set(page.elements)
    assert not re.search(r"https?:|url\(|@import", text)
    report_data = json.loads(report.as_json())
    assert (report_data["playbooks"], report_data["time"]) == (
        ["site.yml"],
        "2026-11-28T14:05:00+00:00",
    )


def test_the_guide_shows_the_report() -> None:
    guide = (ROOT / "docs" / "docsite" / "rst" / "guide_check_mode.rst").read_text()
    (shown,) = re.findall(r"code-block:: text\n\n((?:\n|    .*\n)+)", guide)
    (document,) = re.findall(r"code-block:: json\n\n((?:\n|    .*\n)+)", guide)
    entrypoint = {"option": "entrypoint", "live": "node other.js", "wanted": "node worker.js"}
    count = {"option": "scaling_strategy.instance_count", "live": 3, "wanted": 1}
    names = ["blog-a1b2c", "fleet-7-q2w3e", "shop-x1y2z", "draft-d3e4f"]
    names += [f"fleet-{number}-e4r5t" for number in range(10, 208)]
    report = Report(
        {(name, "Sevalla") for name in names},
        [
            Row("shop-x1y2z", "Sevalla", "nightly report", "missing"),
            Row("blog-a1b2c", "Sevalla", "queue", "differs", (entrypoint, count)),
            Row("fleet-7-q2w3e", "Sevalla", None, "unknown", message="GET /applications/...: ..."),
        ],
    )
    assert textwrap.dedent(shown).strip() == report.as_text().strip()
    report_data = json.loads(report.as_json())
    example = json.loads(document)
    assert list(example) == list(report_data)
    assert example["summary"] == report_data["summary"]
    assert example["as_wanted"] == report_data["as_wanted"][:1]
    report_data["rows"][0]["fields"].pop()  # the guide shows one
    assert example["rows"] == report_data["rows"][:1]


def test_markup_in_names_is_escaped() -> None:
    """Names are from a service: neither the page nor the terminal interprets them."""
    evil = "<script>alert(1)</script>\x1b[2J\n& 'more'"
    result = {
        "plan": [{"action": "update", "path": "/applications/a/processes/b"}],
        "diff": {"before": {"display_name": evil, "port": 1}, "after": {"display_name": evil}},
        "process": {"display_name": evil},
    }
    report = Report()
    report.add(source("sevalla_process", evil), result, False)
    report.add(source("sevalla_process", "b"), {"msg": evil}, True)
    report.playbooks.append(evil)
    page = Page(as_html(report))
    assert page.of("h2", "h3") == [evil, evil, "b"]
    assert page.of("p") == [evil, evil]
    assert "script" not in page.elements
    text = report.as_text()
    assert "\x1b" not in text
    assert "<script>alert(1)</script>?[2J & 'more'" in text
    assert json.loads(report.as_json())["rows"][0]["application"] == evil


def test_a_long_value_is_shortened_only_in_the_table() -> None:
    long = "x" * 500
    diff = {"before": {"command": "y"}, "after": {"command": long}}
    report = Report()
    plan = [{"action": "update", "path": "/applications/a/processes/b"}]
    result = {"plan": plan, "diff": diff, "process": {"command": long}}
    report.add(SHOP, result, False)
    assert f'"{long[:56]}...' in report.as_text()
    assert max(map(len, report.as_text().splitlines())) < 200
    assert Page(as_html(report)).of("ins") == [f'"{long}"']
    assert long in report.as_json()
