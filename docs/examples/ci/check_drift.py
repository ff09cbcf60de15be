#!/usr/bin/env python
# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a playbook in check mode, and end with a status that says what was found.

    ./check_drift.py PLAYBOOK [any options of ansible-playbook]

Exit status, as of ``terraform plan -detailed-exitcode``:

    0  everything was compared, and nothing differs
    2  everything was compared, and something differs
    1  something could not be compared, or the playbook failed

A shell that cannot start this script ends with 126 or 127. So 2 always means drift.

The report is in the folder ``drift-report``, or in the one that EVENKEEL_PAAS_DRIFT_DIRECTORY
names: drift.md for a job summary or a comment, and drift.txt, drift.json and drift.html from the
callback plugin evenkeel.paas.drift. This script enables the plugin with ANSIBLE_CALLBACKS_ENABLED,
which overrides callbacks_enabled in ansible.cfg. To keep other callbacks, name them there.
"""

from __future__ import annotations

import html
import json
import os
import subprocess
import sys
from pathlib import Path

NO_DRIFT, FAILURE, DRIFT = 0, 1, 2
PLUGIN = "evenkeel.paas.drift"


def main() -> int:
    """Run the playbook and return the exit status."""
    folder = Path(os.environ.get("EVENKEEL_PAAS_DRIFT_DIRECTORY") or "drift-report").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    for ending in ("md", "txt", "json", "html"):
        # A report of an earlier run must not decide about this one.
        (folder / f"drift.{ending}").unlink(missing_ok=True)
    callbacks = [os.environ.get("ANSIBLE_CALLBACKS_ENABLED"), PLUGIN]
    environment = {
        # An inventory that cannot be read must not become a run without some of the hosts.
        "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true",
        **os.environ,
        "ANSIBLE_CALLBACKS_ENABLED": ",".join(name for name in callbacks if name),
        "EVENKEEL_PAAS_DRIFT_DIRECTORY": str(folder),
    }
    try:
        run = subprocess.run(
            ["ansible-playbook", "--check", *sys.argv[1:]], env=environment, check=False
        )
        status, verdict = judge(run.returncode, folder / "drift.json")
    except OSError as error:
        status, verdict = FAILURE, f"ansible-playbook cannot be started: {error}"
    table = folder / "drift.txt"
    text = table.read_text(encoding="utf-8") if table.exists() else "There is no report."
    summary = f"### {verdict}\n\n<pre>{html.escape(text)}</pre>\n"
    (folder / "drift.md").write_text(summary, encoding="utf-8")
    print(verdict)
    return status


def judge(playbook_status: int, report: Path) -> tuple[int, str]:
    """Return the exit status and one sentence that explains it."""
    if playbook_status:
        return FAILURE, f"ansible-playbook failed with status {playbook_status}; see its output."
    try:
        summary = json.loads(report.read_text(encoding="utf-8"))["summary"]
        compared, differ, unknown = (
            int(summary[name]) for name in ("applications", "differ", "unknown")
        )
    except FileNotFoundError:
        return FAILURE, (
            f"Nothing was compared: {PLUGIN} wrote no report. Check the playbook's hosts and"
            " tasks, --limit and --tags, and the warnings above."
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        return FAILURE, f"The report {report} cannot be read: {error!r}"
    if unknown or not compared:
        return FAILURE, f"{unknown} of {compared} applications could not be compared."
    if differ:
        return DRIFT, f"Drift: {differ} of {compared} applications differ."
    return NO_DRIFT, f"No drift: {compared} of {compared} applications are as wanted."


if __name__ == "__main__":
    sys.exit(main())
