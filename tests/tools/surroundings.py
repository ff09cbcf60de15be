# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment variables of the checks: the same, whatever developers have set for
themselves."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from places import collections_path, home_path
from pythons import find_interpreters

# A developer's own settings of these would change what is tested; git sets its variables inside
# hooks.
NOT_INHERITED = (
    *("ANSIBLE_", "EVENKEEL_", "GIT_", "LARAVEL_CLOUD_"),
    *("PYTHON", "SEVALLA_", "XDG_"),
)

LOOPBACK = "127.0.0.1,localhost"


def clean_environment() -> dict[str, str]:
    """Return the environment variables of a check."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(NOT_INHERITED)}
    collections = str(collections_path())
    env.update(
        HOME=str(home_path()),
        PATH=_path(),
        ANSIBLE_COLLECTIONS_PATH=collections,
        PYTHONPATH=collections,
    )
    # The emulator is never behind the proxy of the package index.
    for name in ("NO_PROXY", "no_proxy"):
        env[name] = ",".join(filter(None, [env.get(name), LOOPBACK]))
    return env


def _path() -> str:
    """Return PATH with the environment's tools first, then the interpreters that run.

    A version manager's shims come after these: ansible-test uses the first python3.X that it finds
    and fails on shims.
    """
    folders = [Path(sys.prefix) / "bin"]
    folders += [interpreter.path.parent for interpreter in find_interpreters().values()]
    return os.pathsep.join([*dict.fromkeys(map(str, folders)), os.environ.get("PATH", os.defpath)])
