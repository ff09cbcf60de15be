# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the options that the inventory plugins have in common.

The connection options are those of the modules (``connection.py``), in the form that inventory
plugins need; a test holds that they are the same.
"""

from __future__ import annotations


class ModuleDocFragment:
    """``evenkeel.paas.inventory``, and a part for each service."""

    DOCUMENTATION = r"""
options:
  filters:
    description:
      - Which hosts to take. A list of rules; the first one whose condition is true decides, and a host that no rule
        speaks of is taken.
      - A condition is a Jinja2 expression over the host variables that are listed in the notes, or just V(true) or
        V(false). It sees no processes. One that cannot be evaluated, or is neither true nor false, is an error,
        whatever O(strict) says.
    type: list
    elements: dict
    default: []
    suboptions:
      include:
        description: Take the host when this is true.
        type: raw
      exclude:
        description: Leave the host out when this is true.
        type: raw
  api_timeout:
    description:
      - How many seconds to wait for a connection, and for each part of an answer.
    type: int
    default: 30
  api_retries:
    description:
      - How often one request is repeated at most.
      - A request is repeated that the rate limit refused, whose connection was lost, or that ended in HTTP 500, 502, 503
        or 504.
    type: int
    default: 5
  api_max_wait:
    description:
      - How many seconds may be spent in all on waiting for the rate limit and on requests that have to be repeated.
    type: int
    default: 300
  validate_certs:
    description:
      - Whether the service's TLS certificate is checked. With V(false), anybody in between can read and use the token;
        the plugin warns about it.
    type: bool
    default: true
  ca_path:
    description:
      - A file with the certificates of the authorities to trust, in PEM format.
      - If not given or empty, E(REQUESTS_CA_BUNDLE), E(CURL_CA_BUNDLE) and then E(SSL_CERT_FILE) is used, the first one
        that is not empty. Without any of them, the authorities that C(requests) comes with are trusted.
    type: path
requirements:
  - requests >= 2.25.1
notes:
  - Every host gets C(ansible_connection=local), and C({{ ansible_playbook_python }}) as its
    C(ansible_python_interpreter), so that the modules run with the Python that runs Ansible. O(compose) can change both.
  - What the service says is never taken for a template, and O(compose), O(groups) and O(keyed_groups) see it as it is.
    In the output of C(ansible-inventory --list), a text that looks like a template is a dictionary with the key
    C(__ansible_unsafe), and every other text is plain, with every version of ansible-core.
  - Characters of a name other than letters, digits, dashes, underscores and dots become a dash in the host's name. When
    two hosts would have the same name, both get their ids appended and the plugin warns, so that a name never means
    another host from one day to the next.
  - An application, environment or instance that cannot be read is left out with a warning, because it is being deleted
    for instance, and the others stay. The inventory fails if the list of applications cannot be read, if the token is
    refused (HTTP 401), if the rate limit or O(api_max_wait) is exceeded, if the service cannot be reached, or if no host
    is left. An inventory with something left out is not cached.
  - A connection option that is empty counts as not given. Connection options can be templates.
  - Environment variables of the applications are neither host variables nor in the cache.
  - With O(cache), a configuration that was changed is read anew, as is one that is used with another token.
  - Ansible goes on without the hosts of a source that cannot be read. Set C(any_unparsed_is_failed) in the section
    C([inventory]) of C(ansible.cfg), or E(ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED), to stop instead.
"""

    SEVALLA = r"""
options:
  api_token:
    description:
      - The API key of a Sevalla company. It can be a template, with a lookup for instance.
      - Needed. If not given, E(SEVALLA_API_KEY) and then E(SEVALLA_API_TOKEN) is used, the first one that is not empty.
    type: str
    aliases: [api_key]
    # Of several variables Ansible takes the last one that is set.
    env:
      - name: SEVALLA_API_TOKEN
      - name: SEVALLA_API_KEY
  api_url:
    description:
      - The base URL of the API. Without encryption (C(http)) only loopback addresses are accepted.
      - If not given, E(SEVALLA_API_URL) is used when it is set and not empty.
    type: str
    default: https://api.sevalla.com/v3
    env:
      - name: SEVALLA_API_URL
seealso:
  - name: Sevalla API reference
    description: What the service itself says of its applications.
    link: https://api-docs.sevalla.com
"""

    LARAVEL_CLOUD = r"""
options:
  api_token:
    description:
      - An API token of a Laravel Cloud organization. It can be a template, with a lookup for instance.
      - Needed. If not given, E(LARAVEL_CLOUD_API_TOKEN) and then E(LARAVEL_CLOUD_TOKEN) is used, the first one that is
        not empty.
    type: str
    aliases: [api_key]
    # Of several variables Ansible takes the last one that is set.
    env:
      - name: LARAVEL_CLOUD_TOKEN
      - name: LARAVEL_CLOUD_API_TOKEN
  api_url:
    description:
      - The base URL of the API. Without encryption (C(http)) only loopback addresses are accepted.
      - If not given, E(LARAVEL_CLOUD_BASE_URL) is used when it is set and not empty.
    type: str
    default: https://cloud.laravel.com/api
    env:
      - name: LARAVEL_CLOUD_BASE_URL
seealso:
  - name: Laravel Cloud API reference
    description: What the service itself says of its applications, environments and instances.
    link: https://cloud.laravel.com/docs/api
"""
