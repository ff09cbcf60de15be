# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run tests in the order of the arguments, and start none after some seconds."""

from __future__ import annotations

import sys
import time
from typing import Any

import pytest

from counts import LEFT_OUT


class Deadline:
    """A pytest plugin that skips tests after the deadline, and reports how many."""

    def __init__(self, seconds: float) -> None:
        """Start the clock."""
        self._end = time.monotonic() + seconds
        self._omitted: list[str] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: Any) -> bool | None:
        """Skip a test after the deadline."""
        if time.monotonic() < self._end:
            return None
        self._omitted.append(item.nodeid)
        return True

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print which tests did not run."""
        if self._omitted:
            files = len({nodeid.partition("::")[0] for nodeid in self._omitted})
            terminalreporter.write_line(
                f"{LEFT_OUT}{len(self._omitted)} tests of {files} files, the farthest from the"
                " change; make unit runs them"
            )


def main() -> int:
    """Run the tests of the files on the command line, which follow the number of seconds."""
    seconds, *files = sys.argv[1:]
    options = ["-q", "--no-header", "-p", "no:cacheprovider"]
    return int(pytest.main([*options, *files], plugins=[Deadline(float(seconds))]))


if __name__ == "__main__":
    sys.exit(main())
