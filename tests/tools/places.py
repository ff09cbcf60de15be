# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the tools find and put things; all that they make is below ``.cache``."""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CACHE = ROOT / ".cache"
REQUIREMENTS = ROOT / "tests" / "requirements"


def core_version() -> str:
    """Give the minor version, like ``2.21``, of the ansible-core that is installed."""
    return ".".join(version("ansible-core").split(".")[:2])


def environment_name() -> str:
    """Give the running environment's name, like ``2.18``; the usual one's is its ansible-core."""
    return Path(sys.prefix).name.partition("venv-")[2] or core_version()


def home_path() -> Path:
    """Give the home directory that the tools run with: the user's own stays as it is, and two
    environments at work at once do not meet."""
    return CACHE / "home" / environment_name()


def collections_path() -> Path:
    """Give the folder with the mirror's ``ansible_collections``: one for each environment."""
    return CACHE / "mirror" / environment_name()


def mirror_path() -> Path:
    """Give the mirror of the checkout, at a path from which ansible-test can work."""
    return collections_path() / "ansible_collections" / "evenkeel" / "paas"


def logs_path() -> Path:
    """Give the folder of the steps' logs."""
    return CACHE / "logs" / environment_name()
