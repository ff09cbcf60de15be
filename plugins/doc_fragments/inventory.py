# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the options that the inventory plugins have in common.

The connection options are those of the modules (``connection.py``), in the form that inventory
plugins need; a test checks that they are the same.
"""

from __future__ import annotations


class ModuleDocFragment:
    """``evenkeel.paas.inventory``, and a part for each service."""

    DOCUMENTATION = r"""
options:
  filters:
    description:
      - Which hosts to include, as a list of rules. The first rule whose condition is true decides. A host that no
        rule matches is included.
      - A condition is a Jinja2 expression with the host variables in the notes, or V(true) or V(false). It cannot use
        the processes. If a condition cannot be evaluated, or is neither true nor false, the plugin fails, regardless
        of O(strict).
    type: list
    elements: dict
    default: []
    suboptions:
      include:
        description: Include the host if this is true.
        type: raw
      exclude:
        description: Omit the host if this is true.
        type: raw
  api_timeout:
    description:
      - How many seconds to wait for a connection, and for each part of a response.
    type: int
    default: 30
  api_retries:
    description:
      - The maximum number of times that one request is retried.
      - A request is retried if the rate limit refuses it, if the connection is lost, or if the service responds with
        HTTP 408, 500, 502, 503, 504 or 520 to 524.
    type: int
    default: 5
  api_max_wait:
    description:
      - How many seconds the plugin may spend in total on waiting for the rate limit and on failed requests.
    type: int
    default: 300
  validate_certs:
    description:
      - Whether to verify the service's TLS certificate. With V(false), others on the network can read and use the
        token, and the plugin warns about it.
    type: bool
    default: true
  ca_path:
    description:
      - A file with the certificate authorities to trust, in PEM format, or a folder of such files that
        C(openssl rehash) has prepared.
      - If you omit it or leave it empty, the first of E(REQUESTS_CA_BUNDLE), E(CURL_CA_BUNDLE) and E(SSL_CERT_FILE)
        that is not empty is used. Otherwise the authorities that come with C(requests) are trusted.
    type: path
requirements:
  - requests >= 2.25.1
notes:
  - Each host gets C(ansible_connection=local), and C({{ ansible_playbook_python }}) as C(ansible_python_interpreter),
    so that the modules use the Python that runs Ansible. O(compose) can change both.
  - Values of the service are never evaluated as templates. O(compose), O(groups) and O(keyed_groups) get them
    unchanged. In the output of C(ansible-inventory --list), a string that looks like a template is shown as a
    dictionary with the key C(__ansible_unsafe). Every other string is plain.
  - In a host's name, one dash replaces each run of characters other than ASCII letters, digits, dashes and
    underscores. On Sevalla, dots stay. On Laravel Cloud, dots only separate application, environment and instance.
    If two hosts would have the same name, the plugin appends the id to both and warns, so that a name always means the same
    host.
  - If the plugin cannot read an application, environment or instance, for example because it is being deleted, it
    omits this one with a warning. The inventory fails if the list of applications cannot be read, if the token is
    refused (HTTP 401), if the rate limit or O(api_max_wait) is exceeded, or if the service cannot be reached. It also
    fails if hosts were omitted and none is left, unless the service responded with HTTP 404 for each omitted one. The
    plugin does not cache an incomplete inventory.
  - An empty connection option counts as omitted. Connection options can be templates.
  - Environment variables of the applications are neither in the host variables nor in the cache.
  - With O(cache), the plugin ignores the cache if the configuration or the token has changed.
  - If an inventory cannot be read, Ansible continues without its hosts. To stop instead, set
    C(any_unparsed_is_failed) in the section C([inventory]) of C(ansible.cfg), or
    E(ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED).
"""

    SEVALLA = r"""
options:
  api_token:
    description:
      - The API key of a Sevalla company. It can be a template, for example with a lookup.
      - Required. If you omit it, the first of E(SEVALLA_API_KEY) and E(SEVALLA_API_TOKEN) that is not empty is used.
    type: str
    aliases: [api_key]
    # Of several variables Ansible takes the last one that is set.
    env:
      - name: SEVALLA_API_TOKEN
      - name: SEVALLA_API_KEY
  api_url:
    description:
      - The base URL of the API. C(http) is accepted only for loopback addresses.
      - If you omit it, E(SEVALLA_API_URL) is used if it is not empty.
    type: str
    default: https://api.sevalla.com/v3
    env:
      - name: SEVALLA_API_URL
seealso:
  - name: Sevalla API reference
    description: The service's own description of its applications.
    link: https://api-docs.sevalla.com
"""

    LARAVEL_CLOUD = r"""
options:
  api_token:
    description:
      - An API token of a Laravel Cloud organization. It can be a template, for example with a lookup.
      - Required. If you omit it, the first of E(LARAVEL_CLOUD_API_TOKEN) and E(LARAVEL_CLOUD_TOKEN) that is not empty
        is used.
    type: str
    aliases: [api_key]
    # Of several variables Ansible takes the last one that is set.
    env:
      - name: LARAVEL_CLOUD_TOKEN
      - name: LARAVEL_CLOUD_API_TOKEN
  api_url:
    description:
      - The base URL of the API. C(http) is accepted only for loopback addresses.
      - If you omit it, E(LARAVEL_CLOUD_BASE_URL) is used if it is not empty.
    type: str
    default: https://cloud.laravel.com/api
    env:
      - name: LARAVEL_CLOUD_BASE_URL
seealso:
  - name: Laravel Cloud API reference
    description: The service's own description of its applications, environments and instances.
    link: https://cloud.laravel.com/docs/api
"""
