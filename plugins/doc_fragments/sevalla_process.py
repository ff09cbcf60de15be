# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the options of one Sevalla process."""

from __future__ import annotations

from ansible_collections.evenkeel.paas.plugins.plugin_utils._suboptions import as_entries


class ModuleDocFragment:
    """``evenkeel.paas.sevalla_process``, and ``.entries`` for a list of them."""

    DOCUMENTATION = r"""
options:
  id:
    description:
      - Address the process by its id. It must exist, unless it is to be absent.
    type: str
    aliases: [process_id]
  key:
    description:
      - Address the process by its key, which is unique in the application. The service makes it, so that a process
        cannot be created under a key.
    type: str
  display_name:
    description:
      - The name that the dashboard shows, 1 to 255 characters.
      - Addresses the process when neither O(id) nor O(key) is given and O(type) is not V(web). Names are not unique on
        Sevalla; when several processes have the name, the task fails and lists their ids.
      - Together with O(id), O(key) or O(type=web) it is the name that the process shall have.
      - Needed to create a process.
    type: str
    aliases: [name]
  type:
    description:
      - What kind of process it is. It cannot change afterwards.
      - V(web) addresses the application's one web process, whatever its name. Every application comes with one.
      - Needed to create a process.
    type: str
    choices: [web, worker, cron, job]
  entrypoint:
    description:
      - The command that starts the process, up to 1024 characters.
    type: str
  port:
    description:
      - The port on which the process listens, from 1 to 65535.
    type: int
  schedule:
    description:
      - When a process of O(type=cron) runs, as a cron expression of up to 100 characters. Needed to create one.
      - An expression that has not five fields is a warning and not an error, since the service's syntax is not
        documented.
    type: str
  time_zone:
    description:
      - The IANA time zone of O(schedule), such as V(Europe/Berlin).
      - A name that is not in the list of the machine that runs the module is a warning and not an error.
    type: str
  job_start_policy:
    description:
      - When a process of O(type=job) runs. Needed to create one.
    type: str
    choices: [beforeDeployment, afterSuccessDeployment, afterFailedDeployment]
  resource_type:
    description:
      - The size of the process, by name in any case, such as V(s1), or by id.
      - Needed to create a process.
    type: str
    aliases: [resource_type_id]
  scaling_strategy:
    description:
      - How many instances the process has. Only the keys that are given are compared.
      - When something differs the strategy is sent whole, with the live values of the keys that are not given, unless
        its O(scaling_strategy.type) changes.
      - A process that is created without it gets one instance (V(manual)).
    type: dict
    suboptions:
      type:
        description: Whether the number of instances is fixed (V(manual)) or follows the load (V(horizontal)).
        type: str
        choices: [manual, horizontal]
      instance_count:
        description: The number of instances, from 0 to 50, with O(scaling_strategy.type=manual).
        type: int
      min_instance_count:
        description: The lowest number of instances, from 0 to 50, with O(scaling_strategy.type=horizontal).
        type: int
      max_instance_count:
        description: The highest number of instances, from 0 to 50, with O(scaling_strategy.type=horizontal).
        type: int
      target_cpu_percent:
        description: The CPU load above which instances are added, from 1 to 100.
        type: int
      target_memory_percent:
        description: The memory use above which instances are added, from 1 to 100.
        type: int
      scale_up_interval_seconds:
        description: Seconds between two additions, from 1 to 60000.
        type: int
      scale_up_increment:
        description: How many instances are added at a time, from 1 to 5.
        type: int
      scale_down_interval_seconds:
        description: Seconds between two removals, from 1 to 60000.
        type: int
      scale_down_increment:
        description: How many instances are removed at a time, from 1 to 5.
        type: int
  is_ingress_enabled:
    description:
      - Whether traffic from outside reaches the process. For O(type=web) only.
    type: bool
  ingress_protocol:
    description:
      - The protocol of that traffic. For O(type=web) only.
    type: str
    choices: [http, grpc]
  liveness_probe:
    description:
      - How to tell that an instance hangs and must be restarted. For O(type=web) only.
      - Exactly one of O(liveness_probe.exec), O(liveness_probe.http_get) and O(liveness_probe.tcp_socket) says how.
      - Only the keys that are given are compared. When something differs the probe is sent whole, with the live values
        of the keys that are not given, unless its kind changes.
    type: dict
    suboptions: &probe
      exec:
        description: Run a command in the container; it is well when the command exits with 0.
        type: dict
        suboptions:
          command:
            description: The command and its arguments, one item each.
            type: list
            elements: str
      http_get:
        description: Send an HTTP request; it is well when the answer's status is from 200 to 399.
        type: dict
        suboptions:
          path:
            description: The path of the request.
            type: str
          port:
            description: The port of the request, from 1 to 65535.
            type: int
          host:
            description: The host name of the request, when it is not the container's address.
            type: str
          scheme:
            description: The scheme of the request.
            type: str
            choices: [HTTP, HTTPS]
          http_headers:
            description: Headers of the request. The list is compared as a whole.
            type: list
            elements: dict
            suboptions:
              name:
                description: The name of the header.
                type: str
                required: true
              value:
                description: The value of the header.
                type: str
                required: true
      tcp_socket:
        description: Open a TCP connection; it is well when that works.
        type: dict
        suboptions:
          port:
            description: The port to connect to, from 1 to 65535.
            type: int
          host:
            description: The host to connect to, when it is not the container's address.
            type: str
      initial_delay_seconds:
        description: Seconds from the container's start to the first probe, 0 or more.
        type: int
      period_seconds:
        description: Seconds between two probes, 1 or more.
        type: int
      timeout_seconds:
        description: Seconds after which a probe has failed, 1 or more.
        type: int
      success_threshold:
        description: How many probes in a row must succeed after one that failed, 1 or more.
        type: int
      failure_threshold:
        description: How many probes in a row must fail for the probe to have failed, 1 or more.
        type: int
  readiness_probe:
    description:
      - How to tell that an instance can take traffic. For O(type=web) only. As O(liveness_probe) otherwise.
    type: dict
    suboptions: *probe
  clear:
    description:
      - Fields to empty. An option that is not given is never emptied.
      - A dotted name empties one setting inside of O(scaling_strategy) or a probe, which is then sent whole, with null
        for that setting. Where the service fills in a default instead, the task warns.
      - The service does not document how a probe is removed. When it keeps one, the module warns.
    type: list
    elements: str
    choices:
      - entrypoint
      - schedule
      - time_zone
      - scaling_strategy.target_cpu_percent
      - scaling_strategy.target_memory_percent
      - scaling_strategy.scale_up_interval_seconds
      - scaling_strategy.scale_up_increment
      - scaling_strategy.scale_down_interval_seconds
      - scaling_strategy.scale_down_increment
      - liveness_probe
      - liveness_probe.http_get.path
      - liveness_probe.http_get.port
      - liveness_probe.http_get.host
      - liveness_probe.http_get.scheme
      - liveness_probe.http_get.http_headers
      - liveness_probe.tcp_socket.host
      - liveness_probe.initial_delay_seconds
      - liveness_probe.period_seconds
      - liveness_probe.timeout_seconds
      - liveness_probe.success_threshold
      - liveness_probe.failure_threshold
      - readiness_probe
      - readiness_probe.http_get.path
      - readiness_probe.http_get.port
      - readiness_probe.http_get.host
      - readiness_probe.http_get.scheme
      - readiness_probe.http_get.http_headers
      - readiness_probe.tcp_socket.host
      - readiness_probe.initial_delay_seconds
      - readiness_probe.period_seconds
      - readiness_probe.timeout_seconds
      - readiness_probe.success_threshold
      - readiness_probe.failure_threshold
"""


# Outside of the class, where tools that read it as text want nothing but text.
ModuleDocFragment.ENTRIES = as_entries(ModuleDocFragment.DOCUMENTATION)
