# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A local stand-in for Sevalla's and Laravel Cloud's APIs.

``python -m tests.emulator`` starts it from a checkout; tests use :class:`Emulator`.
"""

from __future__ import annotations

from .faults import Fault
from .server import Emulator, Hooks, Instead

__all__ = ["Emulator", "Fault", "Hooks", "Instead"]
