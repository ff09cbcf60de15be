# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Document the options of a module for one process as those of an entry of a list."""

from __future__ import annotations

from textwrap import indent

_LIST = """options:
  processes:
    description:
      - The processes that should exist. An entry identifies its process by the same rules as the
        module for one process. Two entries cannot identify the same process.
    type: list
    elements: dict
    required: true
    suboptions:
"""


def as_entries(documentation: str) -> str:
    """Return a doc fragment that documents ``processes`` with the options of ``documentation``."""
    _head, body = documentation.split("options:\n", 1)
    return _LIST + indent(body.replace("O(", "O(processes[]."), "    ")
