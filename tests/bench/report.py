# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark's numbers as tables: for a terminal, and for the guide."""

from __future__ import annotations

import os
import platform
import re
from datetime import date
from importlib.metadata import version
from statistics import median
from typing import NamedTuple

import chart
from places import ROOT
from servers import Counted

GUIDE = ROOT / "docs" / "docsite" / "rst" / "guide_performance.rst"
BEGIN = ".. The tables are written by make bench."
END = ".. End of the tables."
URI = "one task: uri"


class Cost(NamedTuple):
    """Wall-clock seconds, and CPU seconds without those of the servers."""

    seconds: float
    cpu: float


class Measured(NamedTuple):
    """The cost of one unit in each round, and the requests that it sent."""

    costs: list[Cost]
    counted: Counted


class Target(NamedTuple):
    """A required ratio between two cases."""

    description: str
    case: str
    against: str
    scheme: str
    at_most: float


TARGETS = (
    Target("one task in the worker, against uri", "one task: in the worker", URI, "http", 0.08),
    Target("the same over TLS", "one task: in the worker", URI, "https", 0.08),
    Target("one task as a module, against uri", "one task: as a module", URI, "http", 0.95),
    Target("the same over TLS", "one task: as a module", URI, "https", 0.95),
    Target(
        "loop of fifty in the worker, against hetzner.hcloud's loop",
        "loop of fifty: in the worker",
        "loop of fifty: hetzner.hcloud",
        "http",
        0.04,
    ),
    Target(
        "bulk of fifty in the worker, against one uri",
        "bulk of fifty: in the worker",
        URI,
        "http",
        0.25,
    ),
    Target(
        "a play with nothing but a bulk of fifty in the worker, against one uri",
        "first task of a play: bulk of fifty in the worker",
        URI,
        "http",
        0.4,
    ),
    Target(
        "fifty changes at 50 ms in the worker, against one uri",
        "fifty changes at 50 ms: bulk in the worker",
        URI,
        "http",
        1.1,
    ),
    Target(
        "the same, against one change at a time",
        "fifty changes at 50 ms: bulk in the worker",
        "fifty changes at 50 ms: bulk in the worker, one at a time",
        "http",
        0.25,
    ),
    Target(
        "fifty hosts in the worker, against the module",
        "fifty hosts, five forks: in the worker",
        "fifty hosts, five forks: as modules",
        "http",
        0.2,
    ),
    Target(
        "a module with an action that cannot be used, against one without",
        "one task: as a module",
        "one task: as a module, without the action plugin",
        "http",
        1.05,
    ),
)

Numbers = dict[tuple[str, str], Measured]


def report(measured: Numbers, peers: dict[str, str], load: float, *, write: bool) -> None:
    """Print the measurements, with the machine and its load; write them to the guide on request, if
    no time is negative."""
    rows, targets = _rows(measured), _targets(measured)
    about = _about(measured, peers, load)
    print(f"\n{about}\n")
    for table in (rows, targets):
        widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
        for row in table:
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
        print()
    text = "\n".join([BEGIN, "", about, "", *_rst(rows), "", *_rst(targets), "", END])
    lost = [
        name for name, each in measured.items() if any(cost.seconds <= 0 for cost in each.costs)
    ]
    if lost:
        print(f"lost in the noise of this machine: {lost}")
    if lost or not write:
        print(text)
        return
    guide = GUIDE.read_text()
    pattern = re.escape(BEGIN) + r".*?" + re.escape(END)
    GUIDE.write_text(re.sub(pattern, lambda _match: text, guide, flags=re.DOTALL))
    medians = {
        name: median(cost.seconds for cost in each.costs)
        for (name, scheme), each in measured.items()
        if scheme == "http"
    }
    chart.CHART.write_text(chart.svg(medians))
    print(f"written into {GUIDE.relative_to(ROOT)} and {chart.CHART.relative_to(ROOT)}")


def _rows(measured: Numbers) -> list[list[str]]:
    rows = [
        ["", "Milliseconds", "From, to", "Of CPU", "Times a uri task", "Requests", "Connections"]
    ]
    for (name, scheme), each in measured.items():
        seconds = [cost.seconds for cost in each.costs]
        low, high = min(seconds), max(seconds)
        uri = measured.get((URI, scheme))
        rows.append(
            [
                f"{name} (TLS)" if scheme == "https" else name,
                f"{median(seconds) * 1000:.0f}",
                f"{low * 1000:.0f}, {high * 1000:.0f}",
                f"{median(cost.cpu for cost in each.costs) * 1000:.0f}",
                f"{_ratio(each, uri)[0]:.2f}" if uri else "",
                str(each.counted.requests),
                str(each.counted.connections),
            ]
        )
    return rows


def _targets(measured: Numbers) -> list[list[str]]:
    rows = [["Ratio", "At most", "Reached", "From, to", "Of CPU"]]
    for target in TARGETS:
        one = measured.get((target.case, target.scheme))
        other = measured.get((target.against, target.scheme))
        if one is None or other is None:
            rows.append([target.description, f"{target.at_most:.2f}", "not measured", "", ""])
            continue
        middle, low, high = _ratio(one, other)
        cpu = median(a.cpu / b.cpu for a, b in zip(one.costs, other.costs))
        verdict = f"{middle:.3f}" + ("" if middle <= target.at_most else " (missed)")
        rows.append(
            [
                *(target.description, f"{target.at_most:.2f}", verdict),
                *(f"{low:.3f}, {high:.3f}", f"{cpu:.3f}"),
            ]
        )
    return rows


def _ratio(one: Measured, other: Measured) -> tuple[float, float, float]:
    """Return the median, the lowest and the highest of the rounds' ratios."""
    ratios = [a.seconds / b.seconds for a, b in zip(one.costs, other.costs)]
    return median(ratios), min(ratios), max(ratios)


def _about(measured: Numbers, peers: dict[str, str], load: float) -> str:
    rounds = max(len(each.costs) for each in measured.values())
    versions = {
        "ansible-core": version("ansible-core"),
        "Python": platform.python_version(),
        "requests": version("requests"),
        **peers,
    }
    used = ", ".join(f"{name} {number}" for name, number in versions.items())
    return (
        f"Measured on {date.today():%Y-%m-%d} in {rounds} rounds on {os.cpu_count()} cores "
        f"({platform.machine()}, {platform.system()}, a load of {load:.1f} before), with {used}."
    )


def _rst(rows: list[list[str]]) -> list[str]:
    lines = [".. list-table::", "   :header-rows: 1", ""]
    for row in rows:
        lines += [
            f"   {'* -' if number == 0 else '  -'} {cell}".rstrip()
            for number, cell in enumerate(row)
        ]
    return lines
