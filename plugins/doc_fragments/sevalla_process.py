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
      - The id of the process. The service generates it, so you cannot create a process with an id.
    type: str
    aliases: [process_id]
  key:
    description:
      - The key of the process, which is unique in the application. The service generates it, so you cannot create a
        process with a key.
    type: str
  display_name:
    description:
      - The name that the dashboard shows, 1 to 255 characters.
      - It identifies the process, unless O(id), O(key) or O(type=web) does. Names are not unique on Sevalla. If
        several processes have the name and O(type) does not tell them apart, the task fails and lists their ids.
      - Together with O(id), O(key) or O(type=web), it is the new name of the process.
      - Required to create a process.
    type: str
    aliases: [name]
  type:
    description:
      - The kind of process. It cannot change afterwards.
      - V(web) identifies the application's one web process, whatever its name. Each application has one.
      - Required to create a process.
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
      - When a process of O(type=cron) runs, as a cron expression of up to 100 characters. Required to create one.
      - If the expression does not have five fields, the module warns. It does not fail, because the service does not
        document its syntax.
    type: str
  time_zone:
    description:
      - The IANA time zone of O(schedule), such as V(Europe/Berlin).
      - If the name is not in the list of the machine that runs the module, the module warns.
    type: str
  job_start_policy:
    description:
      - When a process of O(type=job) runs. Required to create one.
    type: str
    choices: [beforeDeployment, afterSuccessDeployment, afterFailedDeployment]
  resource_type:
    description:
      - The size of the process, by name in any case, such as V(s1), or by id.
      - Required to create a process.
    type: str
    aliases: [resource_type_id]
  scaling_strategy:
    description:
      - How many instances the process has. Only the keys that you set are compared.
      - If a key differs, the module sends the whole strategy, with the live values of the other keys, unless
        O(scaling_strategy.type) changes.
      - Without it, a new process gets one instance (V(manual)).
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
      - Whether the process gets traffic from outside. For O(type=web) only.
    type: bool
  ingress_protocol:
    description:
      - The protocol of that traffic. For O(type=web) only.
    type: str
    choices: [http, grpc]
  liveness_probe:
    description:
      - How the service detects an instance that must be restarted. For O(type=web) only.
      - A probe has exactly one of O(liveness_probe.exec), O(liveness_probe.http_get) and O(liveness_probe.tcp_socket).
      - Only the keys that you set are compared. If a key differs, the module sends the whole probe, with the live
        values of the other keys, unless its kind changes.
    type: dict
    suboptions: &probe
      exec:
        description: Run a command in the container. The probe succeeds if the command exits with 0.
        type: dict
        suboptions:
          command:
            description: The command and its arguments, one item each.
            type: list
            elements: str
      http_get:
        description: Send an HTTP request. The probe succeeds if the status is from 200 to 399.
        type: dict
        suboptions:
          path:
            description: The path of the request.
            type: str
          port:
            description: The port of the request, from 1 to 65535.
            type: int
          host:
            description: The host name of the request, if it is not the container's address.
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
        description: Open a TCP connection. The probe succeeds if it opens.
        type: dict
        suboptions:
          port:
            description: The port to connect to, from 1 to 65535.
            type: int
          host:
            description: The host to connect to, if it is not the container's address.
            type: str
      initial_delay_seconds:
        description: Seconds from the container's start to the first probe, 0 or more.
        type: int
      period_seconds:
        description: Seconds between two probes, 1 or more.
        type: int
      timeout_seconds:
        description: Seconds after which a probe fails, 1 or more.
        type: int
      success_threshold:
        description: How many probes in a row must succeed after a failure, 1 or more.
        type: int
      failure_threshold:
        description: How many probes in a row must fail before the service acts, 1 or more.
        type: int
  readiness_probe:
    description:
      - How the service detects that an instance can take traffic. For O(type=web) only. It has the same keys as
        O(liveness_probe).
    type: dict
    suboptions: *probe
  clear:
    description:
      - Fields to empty. An option that you omit or set to null does not empty its field.
      - An empty string also empties O(entrypoint), O(schedule) and O(time_zone).
      - A dotted name empties one setting inside O(scaling_strategy) or a probe. The module sends the whole
        dictionary, with null for that setting. If the service sets a default instead, the task warns. A handler of a
        probe cannot be emptied alone, because a probe needs one.
      - The service does not document how to remove a probe. If it keeps the probe, the module warns.
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


# Outside the class, because tools that parse this file expect only strings inside it.
ModuleDocFragment.ENTRIES = as_entries(ModuleDocFragment.DOCUMENTATION)
