# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The own process of a module: why it has one, and cheaper imports. Imported before all others.

Ansible sends a module as a zip file. Python before 3.15 compiles each file of a zip twice: to find
out its file name, then to run it (https://github.com/python/cpython/issues/141276).
"""

from __future__ import annotations

import zipimport
from functools import lru_cache

WHY_MODULE = "EVENKEEL_PAAS_WHY_MODULE"
"""The environment variable with the reason why a module did not run in Ansible's worker."""

# Only in the process of a module: in Ansible's worker, this file does not come from a zip.
_loader = getattr(__spec__, "loader", None)
if isinstance(_loader, zipimport.zipimporter) and hasattr(zipimport, "_get_module_code"):
    # The second call for a file comes right after the first one.
    zipimport._get_module_code = lru_cache(maxsize=1)(zipimport._get_module_code)
