# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The own process of a module: why it has one, and a cheaper start. Imported before all others.

Ansible sends a module as a zip file. Python before 3.15 compiles each file of a zip twice: to find
out its file name, then to run it (https://github.com/python/cpython/issues/141276).

Python searches for garbage while a module imports what it needs, and once more in everything when
the module ends. There is almost none, and the search takes a tenth of the module's time.
"""

from __future__ import annotations

import gc
import zipimport
from functools import lru_cache

WHY_MODULE = "EVENKEEL_PAAS_WHY_MODULE"
"""The environment variable with the reason why a module did not run in Ansible's worker."""

# In Ansible's worker, this file does not come from a zip.
_IS_OWN = isinstance(getattr(__spec__, "loader", None), zipimport.zipimporter)

if _IS_OWN:
    gc.disable()
    if hasattr(zipimport, "_get_module_code"):
        # The second call for a file comes right after the first one.
        zipimport._get_module_code = lru_cache(maxsize=1)(zipimport._get_module_code)


def end_imports() -> None:
    """Search for garbage from now on, except in what has been imported."""
    if _IS_OWN:
        gc.freeze()
        gc.enable()
