# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of how the deployment modules wait."""

from __future__ import annotations


class ModuleDocFragment:
    """``evenkeel.paas.deployment``."""

    DOCUMENTATION = r"""
options:
  wait:
    description:
      - Whether to wait for the end of the deployment. The task fails unless the deployment succeeds.
      - With V(false), the task ends as soon as the deployment is started.
    type: bool
    default: true
  wait_timeout:
    description:
      - How many seconds to wait for the end of the deployment, 1 or more. After that, the task fails with
        RV(failure.code) V(wait_timeout). The deployment continues.
      - Waiting for the rate limit counts too. A read in flight may take up to O(api_timeout) seconds longer.
    type: int
    default: 1800
notes:
  - O(api_max_wait) and RV(api.waited_seconds) do not count the pauses between two reads of the deployment. They count
    rate limits and retries.
  - If a read fails because of the rate limit, the service or the network, the task reads again until O(wait_timeout),
    even if O(api_max_wait) is used up. The deployment continues in any case.
  - The task waits for its own deployment, by the id in the response. If the response is lost, it reads the list of
    deployments before it sends anything again. If one deployment is new, it waits for that one, with a warning. If
    several are new, it fails and lists them.
  - The message of a failed deployment ends with the last lines of its log, at most 20. A build may print secrets of
    your application, which this collection cannot recognize. If your build does, use C(no_log) on the task.
"""
