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
      - Whether to wait for the end of the deployment. The task fails when that is anything but success.
      - With V(false) the task ends as soon as the deployment is started, and nothing is said about its end.
    type: bool
    default: true
  wait_timeout:
    description:
      - How many seconds to wait for the end of the deployment, 1 or more. After that the task fails with RV(failure.code)
        V(wait_timeout). The deployment goes on.
      - Waiting for the rate limit counts as well, and ends here too. A read that is under way at that moment may take up
        to O(api_timeout) seconds longer.
    type: int
    default: 1800
notes:
  - The pauses between two reads of the deployment are not counted in O(api_max_wait) and not in RV(api.waited_seconds).
    What the task waits for the rate limit, and loses on requests that have to be repeated, is.
  - The deployment does not depend on being watched. A read that fails because the rate limit, the service or the network
    does not let it through is tried again until O(wait_timeout) is over, also when O(api_max_wait) is used up.
  - The deployment is followed by the id that the service gave it. One that somebody else starts meanwhile is not waited
    for. When the service's answer to the request is lost, the list of deployments is read before anything is sent again.
    A deployment that has appeared there since, and that may be the one, is taken for it with a warning. When there are
    several the task fails and lists them.
  - The message of a deployment that failed ends with the last lines of its log, at most 20. A build may print secrets of
    your application, which this collection cannot know. Use C(no_log) on the task where it does.
"""
