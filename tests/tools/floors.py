# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Draw the floors of the code from its imports, and count the code of a service, file by file.

``make floors`` writes the picture to ``CONTRIBUTING.md`` and the tables to the guide "Adding a
service". A test fails while either of them differs from the code.
"""

from __future__ import annotations

import re
import sys
import textwrap
from pathlib import Path
from typing import NamedTuple

from code_metrics import Code, Graph, Lines, floors
from places import ROOT

CONTRIBUTING = ROOT / "CONTRIBUTING.md"
GUIDE = ROOT / "docs" / "docsite" / "rst" / "guide_adding_a_service.rst"
WIDTH = 96
# The folders whose files the picture lists. For the others, it shows the number of files.
LISTED = ("plugin_utils",)


class Cost(NamedTuple):
    """Something that was added, as the guide names it, with its files below ``plugins``."""

    name: str
    files: tuple[str, ...]


RESOURCE = Cost(
    "the module ``laravel_cloud_instance``",
    (
        "module_utils/_laravel_cloud/instances.py",
        "module_utils/_laravel_cloud/instance_schema.py",
        "modules/laravel_cloud_instance.py",
        "action/laravel_cloud_instance.py",
    ),
)
SERVICE = Cost(
    "the service Laravel Cloud with its background processes alone",
    (
        "module_utils/_laravel_cloud/service.py",
        "module_utils/_laravel_cloud/pages.py",
        "module_utils/_laravel_cloud/processes.py",
        "module_utils/_laravel_cloud/process_schema.py",
        "doc_fragments/laravel_cloud_background_process.py",
        "modules/laravel_cloud_background_process.py",
        "modules/laravel_cloud_background_processes.py",
        "modules/laravel_cloud_background_process_info.py",
        "action/laravel_cloud_background_process.py",
        "action/laravel_cloud_background_processes.py",
        "action/laravel_cloud_background_process_info.py",
    ),
)


def picture(code: Code) -> str:
    """Return the floors as text, the highest first; raise a ValueError for a cycle."""
    graph = code.folders()
    lines: list[str] = []
    levels = floors(graph)
    for number, level in reversed(list(enumerate(levels, start=1))):
        for folder in level:
            lines += _box(number, folder, _contents(code, folder), sorted(graph[folder]))
    return "\n".join(lines)


def _box(number: int, folder: str, contents: str, below: list[str]) -> list[str]:
    """Return a box: the floor and the folder in its top line, its imports in its bottom line."""
    inner = WIDTH - 4
    lid = f"┌─ floor {number} ─ {folder}/ "
    bottom = f"└─ imports {', '.join(below)} " if below else "└─ imports nothing "
    return [
        f"{lid:─<{WIDTH - 1}}┐",
        *(f"│ {line:<{inner}} │" for line in textwrap.wrap(contents, inner)),
        f"{bottom:─<{WIDTH - 1}}┘",
    ]


def _contents(code: Code, folder: str) -> str:
    """Return the files of a folder; only those before an arrow may import those after it."""
    prefix = f"module_utils/{folder}/" if folder.startswith("_") else f"{folder}/"
    inside: Graph = {
        name: {other for other in others if other.startswith(prefix)}
        for name, others in code.imports.items()
        if name.startswith(prefix)
    }
    if not folder.startswith("_") and folder not in LISTED:
        return f"{len(inside)} file{'s' if len(inside) > 1 else ''}"
    rows = [" ".join(Path(name).stem for name in level) for level in floors(inside)]
    return " → ".join(reversed(rows))


def costs(code: Code, cost: Cost) -> str:
    """Return the code of an addition as a table in reStructuredText, file by file."""
    rows = [(f"``plugins/{name}``", code.sources[name].lines) for name in cost.files]
    total = sum((lines for _name, lines in rows), Lines(0, 0, 0))
    cells = [
        ("File", "Lines of code", "Lines of documentation"),
        *(
            (name, str(lines.code), str(lines.documentation))
            for name, lines in [*rows, ("**Together**", total)]
        ),
    ]
    table = [f".. list-table:: What {cost.name} costs", "   :header-rows: 1", ""]
    for first, *rest in cells:
        table += [f"   * - {first}", *(f"     - {cell}" for cell in rest)]
    return "\n".join(table)


def contributing(text: str, code: Code) -> str:
    """Return the text of ``CONTRIBUTING.md`` with the current picture."""
    return _between(
        text,
        "<!-- Drawn by make floors. -->",
        "<!-- End of the picture. -->",
        f"```text\n{picture(code)}\n```",
    )


def guide(text: str, code: Code) -> str:
    """Return the text of the guide with the current tables."""
    tables = "\n\n".join(costs(code, cost) for cost in (RESOURCE, SERVICE))
    return _between(
        text, ".. The tables are written by make floors.", ".. End of the tables.", tables
    )


def _between(text: str, begin: str, end: str, new: str) -> str:
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    text, count = pattern.subn(lambda _match: f"{begin}\n\n{new}\n\n{end}", text)
    if count != 1:
        raise ValueError(f"there are {count} places for it, not one: {begin}")
    return text


def main() -> int:
    """Write the picture and the tables."""
    code = Code(ROOT / "plugins")
    for path, write in ((CONTRIBUTING, contributing), (GUIDE, guide)):
        old = path.read_text(encoding="utf-8")
        new = write(old, code)
        path.write_text(new, encoding="utf-8")
        print(f"{path.relative_to(ROOT)}: {'as it was' if new == old else 'written'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
