# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the emulator of both services beside something else, or by itself until it is interrupted."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator

import mirror
from places import logs_path
from surroundings import clean_environment

MODULE = "ansible_collections.evenkeel.paas.tests.emulator"
NAMES = (
    *("SEVALLA_API_URL", "SEVALLA_API_KEY"),
    *("LARAVEL_CLOUD_BASE_URL", "LARAVEL_CLOUD_API_TOKEN"),
    *("EMULATOR_TOKEN", "EMULATOR_URL"),
)
"""Its output: the environment variables that the modules read, and its own address."""


class EmulatorError(Exception):
    """The emulator did not start."""


@contextlib.contextmanager
def running_emulator() -> Iterator[dict[str, str]]:
    """Start the mirror's emulator on a free port, yield its output, and always stop it."""
    folder = mirror.update()
    logs_path().mkdir(parents=True, exist_ok=True)
    with (logs_path() / "emulator.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", MODULE, "--port", "0"],
            cwd=folder,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        yield _settings(process)
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _settings(process: subprocess.Popen[str]) -> dict[str, str]:
    """Read NAME=value lines until all required ones are read."""
    settings: dict[str, str] = {}
    assert process.stdout is not None
    for line in process.stdout:
        name, separator, value = line.strip().partition("=")
        if separator and name in NAMES:
            settings[name] = value
        if settings.keys() >= set(NAMES):
            # Nobody reads the rest, and a full pipe would stop the emulator.
            threading.Thread(target=process.stdout.read, daemon=True).start()
            return settings
    missing = ", ".join(sorted(set(NAMES) - settings.keys()))
    log = logs_path() / "emulator.log"
    raise EmulatorError(f"the emulator stopped before it said {missing}; its errors are in {log}")


def main() -> None:
    """Replace this process with the emulator, so that ending one ends the other."""
    os.chdir(mirror.update())
    os.execve(sys.executable, [sys.executable, "-m", MODULE, *sys.argv[1:]], clean_environment())


if __name__ == "__main__":
    main()
