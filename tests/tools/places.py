# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the tools find and put things; all that they make is below ``.cache``."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CACHE = ROOT / ".cache"
REQUIREMENTS = ROOT / "tests" / "requirements" / "dev.txt"

# The home directory that the tools run with, so that the user's own stays as it is.
HOME = CACHE / "home"


def core_version() -> str:
    """Give the minor version, like ``2.21``, of the ansible-core that is installed."""
    return ".".join(version("ansible-core").split(".")[:2])


def collections_path() -> Path:
    """Give the folder with the mirror's ``ansible_collections``: one for each ansible-core."""
    return CACHE / "mirror" / core_version()


def mirror_path() -> Path:
    """Give the mirror of the checkout, at a path from which ansible-test can work."""
    return collections_path() / "ansible_collections" / "evenkeel" / "paas"


def logs_path() -> Path:
    """Give the folder of the steps' logs."""
    return CACHE / "logs" / core_version()
