# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report of drift: what it reads from the modules' own results, and how it shows it."""

from __future__ import annotations

import json
import re
import textwrap
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.evenkeel.paas.plugins.plugin_utils._drift import Report, Row
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
    """The cells of a page's table, and the names of all its elements."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.elements: set[str] = set()
        self._inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.elements.add(tag)
        self._inside = self._inside or tag == "td"
        if tag == "td":
            self.cells.append("")
        if tag == "br":
            self.cells[-1] += "\n"

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "td"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.cells[-1] += data


@pytest.fixture
def run(emulator: Any) -> Runner:
    """Runs modules against the emulator."""
    return Runner(emulator)


def checked(run: Runner, module: str, **options: Any) -> dict[str, Any]:
    """The result of a module in check mode."""
    outcome = run(module, check_mode=True, **options)
    assert outcome.message is None
    return outcome.result


def rows(report: Report) -> list[tuple[str, str | None, str]]:
    """The rows of a report, less their fields."""
    return [(row.application, row.process, row.state) for row in report.sorted_rows()]


def test_nothing_differs(run: Runner) -> None:
    report = Report()
    report.add(
        "shop",
        True,
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
    assert json.loads(report.as_json())["rows"] == []
    assert Page(report.as_html()).cells == []


def test_what_is_missing_differs_and_should_not_be_there(run: Runner) -> None:
    """A whole list with pruning, on Sevalla."""
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
    report.add("shop", True, result, False)
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
        ["shop", "queue", "entrypoint:", '"a"', "->", '"b"'],
        ["scaling_strategy.instance_count:", "1", "->", "3"],
        ["shop", "report", "is", "missing"],
        ["shop", "mails", "should", "not", "be", "there"],
    ]
    assert Page(report.as_html()).cells == [
        *("shop", "queue", 'entrypoint: "a" -> "b"\nscaling_strategy.instance_count: 1 -> 3'),
        *("shop", "report", "is missing"),
        *("shop", "mails", "should not be there"),
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
    report.add("workers", True, checked(run, module, **scope, processes=wanted), False)
    assert rows(report) == [
        ("workers", "php artisan horizon", "differs"),
        ("workers", "php artisan reverb:start", "missing"),
        ("workers", "redis mails", "differs"),
    ]
    assert list(report.rows[2].fields) == [{"option": "config.tries", "live": 3, "wanted": 5}]


def test_single_processes(run: Runner) -> None:
    """The modules for one process say the same; a name that differs is shown as it is now."""
    scope = {"application": SEVALLA_SHOP_ID}
    made = run("sevalla_process", **scope, **QUEUE).result["process"]
    report = Report()
    for options in (
        {"id": made["id"], "display_name": "renamed"},
        {"display_name": "queue", "state": "absent"},
        {**QUEUE, "display_name": "other"},
    ):
        report.add("shop", True, checked(run, "sevalla_process", **scope, **options), False)
    assert rows(report) == [
        ("shop", "queue", "differs"),
        ("shop", "queue", "surplus"),
        ("shop", "other", "missing"),
    ]


def test_tasks_of_one_host_for_several_applications(run: Runner) -> None:
    """Without the inventory the application is named by its id."""
    report = Report()
    for application in ("shop-x1y2z", "blog-a1b2c"):
        made = checked(run, "sevalla_process", application=application, **QUEUE)
        report.add("localhost", False, made, False)
    worker = checked(
        run,
        "laravel_cloud_background_processes",
        instance=LARAVEL_CLOUD_PRODUCTION_WORKERS_ID,
        processes=[MAILS],
    )
    report.add("localhost", False, worker, False)
    assert {row.application for row in report.rows} == {
        SEVALLA_SHOP_ID,
        SEVALLA_BLOG_ID,
        LARAVEL_CLOUD_PRODUCTION_WORKERS_ID,
    }
    assert report.summary()["applications"] == 3


def test_what_failed_is_not_as_wanted(run: Runner) -> None:
    failed = run("sevalla_process", check_mode=True, application="shoop", type="web")
    report = Report()
    report.add("shop", True, {**failed.result, "msg": failed.message, "failed": True}, True)
    report.add("blog", True, {"censored": "hidden", "changed": True}, False)
    report.add("twin", True, {"censored": "hidden", "changed": False}, False)
    assert report.summary() == {"applications": 3, "as_wanted": 1, "differ": 0, "unknown": 2}
    assert "2 could not be compared" in report.told()
    text = report.as_text()
    assert "could not be compared: There is no application 'shoop' on Sevalla" in text
    assert "the task has no_log" in text


def test_the_guide_shows_what_it_looks_like() -> None:
    guide = (ROOT / "docs" / "docsite" / "rst" / "guide_fleets.rst").read_text()
    (shown,) = re.findall(r"code-block:: text\n\n((?:\n|    .*\n)+)", guide)
    (document,) = re.findall(r"code-block:: json\n\n((?:\n|    .*\n)+)", guide)
    entrypoint = {"option": "entrypoint", "live": "node other.js", "wanted": "node worker.js"}
    count = {"option": "scaling_strategy.instance_count", "live": 3, "wanted": 1}
    report = Report(
        {"blog-a1b2c", "fleet-7-q2w3e", "shop-x1y2z", *map(str, range(199))},
        [
            Row("shop-x1y2z", "nightly report", "missing"),
            Row("blog-a1b2c", "queue", "differs", (entrypoint, count)),
            Row("fleet-7-q2w3e", None, "unknown", message="GET /applications/...: ..."),
        ],
    )
    assert textwrap.dedent(shown).strip() == report.as_text().strip()
    told = json.loads(report.as_json())
    example = json.loads(document)
    assert example["summary"] == told["summary"]
    told["rows"][0]["fields"].pop()  # the guide shows one
    assert example["rows"] == told["rows"][:1]


def test_texts_are_shown_and_do_nothing() -> None:
    """Names come from a service: neither the page nor the terminal obeys them."""
    evil = "<script>alert(1)</script>\x1b[2J\n& 'more'"
    result = {
        "plan": [],
        "diff": {"before": {"display_name": evil, "port": 1}, "after": {"display_name": evil}},
        "process": {"display_name": evil},
    }
    report = Report()
    report.add(evil, True, result, False)
    report.add("b", True, {"msg": evil}, True)
    page = Page(report.as_html())
    assert page.cells[0] == evil
    assert page.cells[1] == evil
    assert evil in page.cells[5]
    assert "script" not in page.elements
    text = report.as_text()
    assert "\x1b" not in text
    assert "<script>alert(1)</script>?[2J?& 'more'" in text
    assert json.loads(report.as_json())["rows"][0]["application"] == evil


def test_a_long_value_is_cut_in_the_table_alone() -> None:
    long = "x" * 500
    diff = {"before": {"command": "y"}, "after": {"command": long}}
    report = Report()
    report.add("a", True, {"plan": [], "diff": diff, "process": {"command": long}}, False)
    assert f'"{long[:56]}...' in report.as_text()
    assert max(map(len, report.as_text().splitlines())) < 200
    assert long in Page(report.as_html()).cells[2]
    assert long in report.as_json()
