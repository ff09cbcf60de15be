# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The paths that the tools use; all that they create is below ``.cache``."""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CACHE = ROOT / ".cache"
REQUIREMENTS = ROOT / "tests" / "requirements"


def core_version() -> str:
    """Return the minor version, like ``2.21``, of the installed ansible-core."""
    return ".".join(version("ansible-core").split(".")[:2])


def environment_name() -> str:
    """Return the running environment's name, like ``2.18``; the default one is named by its
    ansible-core."""
    return Path(sys.prefix).name.partition("venv-")[2] or core_version()


def home_path() -> Path:
    """Return the home directory of the tools: it keeps the user's own unchanged, and each
    environment has its own."""
    return CACHE / "home" / environment_name()


def collections_path() -> Path:
    """Return the folder with the mirror's ``ansible_collections``: one for each environment."""
    return CACHE / "mirror" / environment_name()


def mirror_path() -> Path:
    """Return the mirror of the checkout, at a path from which ansible-test can work."""
    return collections_path() / "ansible_collections" / "evenkeel" / "paas"


def logs_path() -> Path:
    """Return the folder of the steps' logs."""
    return CACHE / "logs" / environment_name()
