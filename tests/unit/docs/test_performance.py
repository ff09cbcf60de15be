# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guide to performance: its chart matches its tables."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

DOCS = Path(__file__).resolve().parents[3] / "docs" / "docsite" / "rst"
SVG = "{http://www.w3.org/2000/svg}"


def milliseconds() -> dict[str, int]:
    """Return the first number of each row of the table."""
    text = (DOCS / "guide_performance.rst").read_text()
    rows = re.findall(r"^   \* - (.+)\n     - (\d+)$", text, re.MULTILINE)
    return {case: int(number) for case, number in rows}


def test_the_chart_shows_the_numbers_of_the_table() -> None:
    chart = ElementTree.parse(DOCS / "images" / "performance.svg")
    texts = [text.text or "" for text in chart.iter(f"{SVG}text")][1:]
    shown = dict(zip(texts[::2], (float(text) for text in texts[1::2])))
    table = milliseconds()
    assert shown == {
        "hetzner.hcloud, fifty tasks": round(table["loop of fifty: hetzner.hcloud"] / 1000, 2),
        "uri, fifty tasks": round(table["loop of fifty: uri"] / 1000, 2),
        "evenkeel.paas, fifty tasks": round(table["loop of fifty: in the worker"] / 1000, 2),
        "evenkeel.paas, one list": round(table["bulk of fifty: in the worker"] / 1000, 2),
    }
    bars = [float(drawn.attrib["width"]) for drawn in chart.iter(f"{SVG}rect")][1:]
    longest = max(shown.values())
    for drawn, seconds in zip(bars, shown.values()):
        assert abs(drawn - max(2.0, bars[0] * seconds / longest)) < 0.2
