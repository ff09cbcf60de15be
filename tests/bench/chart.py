# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The chart of the benchmark: the cost of fifty unchanged processes."""

from __future__ import annotations

from collections.abc import Mapping

from places import ROOT

CHART = ROOT / "docs" / "docsite" / "rst" / "images" / "performance.svg"
BARS = {
    "loop of fifty: hetzner.hcloud": "hetzner.hcloud, fifty tasks",
    "loop of fifty: uri": "uri, fifty tasks",
    "loop of fifty: in the worker": "evenkeel.paas, fifty tasks",
    "bulk of fifty: in the worker": "evenkeel.paas, one list",
}
"""The cases in the chart, by their name in the table, with their labels."""

_WIDTH, _LEFT, _FULL, _ROW = 640, 215, 340, 44


def svg(seconds: Mapping[str, float]) -> str:
    """Return the chart as SVG, from the seconds of each case in ``BARS``."""
    longest = max(seconds[case] for case in BARS)
    height = 60 + _ROW * len(BARS)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img"'
        ' font-family="system-ui, sans-serif" font-size="15">',
        "  <!--",
        "    Copyright (c) 2026 evenkeel.paas contributors",
        "    GNU General Public License v3.0+"
        " (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)",
        "    SPDX-License-Identifier: GPL-3.0-or-later",
        "    Drawn by make bench.",
        "  -->",
        "  <title>Seconds for fifty processes if nothing differs</title>",
        f'  <rect width="{_WIDTH}" height="{height}" rx="10" fill="#f6f8fa"/>',
        '  <text x="16" y="32" font-weight="600" fill="#24292f">'
        "Seconds for fifty processes if nothing differs</text>",
    ]
    for number, (case, label) in enumerate(BARS.items()):
        top = 54 + _ROW * number
        length = max(2.0, _FULL * seconds[case] / longest)
        color = "#0b5f8a" if label.startswith("evenkeel") else "#9aa4ad"
        lines += [
            f'  <text x="{_LEFT - 10}" y="{top + 19}" text-anchor="end" fill="#24292f">'
            f"{label}</text>",
            f'  <rect x="{_LEFT}" y="{top}" width="{length:.1f}" height="26" rx="4"'
            f' fill="{color}"/>',
            f'  <text x="{_LEFT + length + 8:.1f}" y="{top + 19}" fill="#24292f">'
            f"{seconds[case]:.2f}</text>",
        ]
    return "\n".join([*lines, "</svg>", ""])
