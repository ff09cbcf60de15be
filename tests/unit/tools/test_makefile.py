# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_every_program_of_the_makefile_exists() -> None:
    makefile = (ROOT / "Makefile").read_text()
    tools = re.findall(r"\$\(TOOL\)([\w/]+\.py)", makefile)
    programs = {
        *(f"tests/tools/{tool}" for tool in tools),
        *re.findall(r"tests/[\w/]+\.py", makefile),
    }

    assert "tests/tools/demo.py" in programs
    assert [program for program in sorted(programs) if not (ROOT / program).is_file()] == []
