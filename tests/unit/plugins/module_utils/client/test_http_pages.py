# Copyright (c) 2026 evenkeel.paas contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists in pages: by offset and total (Sevalla), by number and last_page (Laravel Cloud)."""

from __future__ import annotations

import pytest

from ansible_collections.evenkeel.paas.plugins.module_utils._core.failure import Failure
from ansible_collections.evenkeel.paas.plugins.module_utils._http import paging
from ansible_collections.evenkeel.paas.plugins.module_utils._laravel_cloud.pages import (
    ends,
)
from ansible_collections.evenkeel.paas.plugins.module_utils._laravel_cloud.pages import (
    pages as laravel_pages,
)
from ansible_collections.evenkeel.paas.plugins.module_utils._laravel_cloud.processes import (
    PROCESSES as LARAVEL_CLOUD,
)
from ansible_collections.evenkeel.paas.plugins.module_utils._sevalla.pages import (
    pages as sevalla_pages,
)
from ansible_collections.evenkeel.paas.tests.unit.plugins.module_utils.client.scripted import (
    answer,
)


def page(items, total, **more):
    """Return one page of Sevalla."""
    return answer(json={"data": items, "total": total, "offset": 0, "limit": 100, **more})


def numbered(items, last, number=1, total=None, **more):
    """Return one page of Laravel Cloud, by default with a total that every list reaches."""
    total = min(1, len(items)) if total is None else total
    meta = {"current_page": number, "last_page": last, "per_page": 100, "total": total}
    return answer(json={"data": items, "meta": meta, "links": {}, **more})


def offset_items(client):
    """Return the items of all pages of a Sevalla list."""
    return [item for items in sevalla_pages(client, "/things") for item in items]


def numbered_items(client):
    """Return the items of all pages of a Laravel Cloud list."""
    return [item for document in laravel_pages(client, "/things") for item in document["data"]]


@pytest.fixture
def laravel(client_of):
    """Return a function that creates a client of Laravel Cloud."""
    return lambda server, **changes: client_of(server, service=LARAVEL_CLOUD.service, **changes)


# Sevalla.


def test_offset_one_page_is_one_request_for_a_hundred_items(serve, client_of):
    server = serve(page([1, 2], 2))
    assert offset_items(client_of(server)) == [1, 2]
    assert server.said == ["GET /v3/things?limit=100&offset=0"]


def test_offset_an_empty_list_is_one_request(serve, client_of):
    server = serve(page([], 0))
    assert offset_items(client_of(server)) == []
    assert len(server.requests) == 1


def test_offset_all_pages_are_read_in_order(serve, client_of):
    everything = list(range(250))
    server = serve(*[page(everything[at : at + 100], 250) for at in (0, 100, 200)])
    assert offset_items(client_of(server)) == everything
    assert server.said == [f"GET /v3/things?limit=100&offset={at}" for at in (0, 100, 200)]


def test_offset_advances_by_the_number_of_items_received(serve, client_of):
    server = serve(page([0, 1, 2], 7), page([3], 7), page([4, 5, 6], 7))
    assert offset_items(client_of(server)) == list(range(7))
    offsets = [request.target.rpartition("=")[2] for request in server.requests]
    assert offsets == ["0", "3", "4"]


def test_offset_the_latest_total_decides(serve, client_of):
    server = serve(page([0, 1], 3), page([2, 3], 4))
    assert offset_items(client_of(server)) == [0, 1, 2, 3]
    assert len(server.requests) == 2


def test_offset_a_list_that_becomes_shorter_is_a_failure(serve, client_of):
    """Of the items 0 to 4, 0 was deleted after the first page, so that no page had item 2."""
    server = serve(page([0, 1], 5), page([3, 4], 4))
    with pytest.raises(Failure, match="the list became shorter while it was read") as caught:
        offset_items(client_of(server))
    assert caught.value.code == "conflict"


def test_offset_a_total_that_is_too_low_is_a_failure(serve, client_of):
    """A total below the number of received items could hide whole pages, and with them processes
    that must not be created again."""
    server = serve(page([0, 1, 2], 1))
    with pytest.raises(Failure, match="3 items of 1 in all"):
        offset_items(client_of(server))
    assert len(server.requests) == 1


def test_offset_a_total_may_be_a_string(serve, client_of):
    assert offset_items(client_of(serve(page([1, 2], "3"), page([3], "3")))) == [1, 2, 3]


def test_offset_an_item_that_moved_to_the_next_page_counts_once(serve, client_of):
    """Applications are listed newest first: a new one moves the last one of a page to the next
    page."""
    assert offset_items(client_of(serve(page([1, 2], 4), page([2, 3], 4)))) == [1, 2, 3]


def test_offset_an_item_that_is_twice_on_a_page_counts_once(serve, client_of):
    assert offset_items(client_of(serve(page([1, 2, 1], 3)))) == [1, 2]


def test_offset_a_repeated_page_is_a_failure(serve, client_of):
    with pytest.raises(Failure, match="a page that repeats the ones before"):
        offset_items(client_of(serve(page([1, 2], 4), page([1, 2], 4))))


def test_offset_a_total_that_is_too_high_is_a_failure(serve, client_of):
    server = serve(page([0, 1], 9), page([], 9))
    with pytest.raises(Failure, match="empty page at 2 of 9") as caught:
        offset_items(client_of(server))
    assert caught.value.code == "unexpected_answer"
    assert len(server.requests) == 2


def test_offset_an_empty_first_page_with_a_positive_total_is_a_failure(serve, client_of):
    with pytest.raises(Failure, match="empty page at 0 of 3"):
        offset_items(client_of(serve(page([], 3))))


@pytest.mark.parametrize("total", [None, "two", 2.5, [], {}])
def test_offset_a_list_without_a_total_is_a_failure(total, serve, client_of):
    with pytest.raises(Failure, match="total") as caught:
        offset_items(client_of(serve(page([1, 2], total))))
    assert caught.value.code == "unexpected_answer"
    with pytest.raises(Failure, match="total"):
        offset_items(client_of(serve(answer(json={"data": [1]}))))


NO_LISTS = [
    answer(json={}),
    answer(json={"data": None, "total": 0, "meta": {"last_page": 1}}),
    answer(json={"data": {"0": 1}, "total": 1, "meta": {"last_page": 1}}),
    answer(json={"data": "text", "total": 1, "meta": {"last_page": 1}}),
    answer(json=[1, 2]),
    answer(json="text"),
    answer(200),
    answer(204),
    answer(200, "<html>", content_type="text/html"),
]


@pytest.mark.parametrize("raw", NO_LISTS)
def test_offset_a_response_that_is_not_a_list_is_a_failure(raw, serve, client_of):
    with pytest.raises(Failure) as caught:
        offset_items(client_of(serve(raw)))
    assert caught.value.code == "unexpected_answer"


def test_offset_an_endless_list_is_a_failure(serve, client_of, monkeypatch):
    monkeypatch.setattr(paging, "PAGES", 5)
    server = serve(*[page([at], at + 2) for at in range(20)])
    with pytest.raises(Failure, match="does not end"):
        offset_items(client_of(server))
    assert len(server.requests) == 5


def test_offset_a_fault_on_a_later_page_is_retried(serve, client_of):
    server = serve(page([0], 2), answer(502), answer(429, json={}), page([1], 2))
    assert offset_items(client_of(server)) == [0, 1]
    assert [target[-1] for target in server.said] == ["0", "1", "1", "1"]


def test_offset_a_failure_on_a_later_page_does_not_return_a_short_list(serve, client_of):
    with pytest.raises(Failure) as caught:
        offset_items(client_of(serve(page([0], 2), answer(404, json={}))))
    assert caught.value.status == 404


# Laravel Cloud.


def test_numbered_one_page_is_one_request_without_a_number(serve, laravel):
    server = serve(numbered([1, 2], 1))
    assert numbered_items(laravel(server)) == [1, 2]
    assert server.said == ["GET /v3/things"]


def test_numbered_an_empty_list_is_one_request(serve, laravel):
    server = serve(numbered([], 1))
    assert numbered_items(laravel(server)) == []
    assert len(server.requests) == 1


def test_numbered_all_pages_are_read_in_order(serve, laravel):
    server = serve(numbered([1, 2], 3), numbered([3, 4], 3, 2), numbered([5], 3, 3))
    assert numbered_items(laravel(server)) == [1, 2, 3, 4, 5]
    assert server.said == ["GET /v3/things", "GET /v3/things?page=2", "GET /v3/things?page=3"]


def test_numbered_parameters_are_sent_with_every_page(serve, laravel):
    server = serve(numbered([1], 2), numbered([2], 2, 2))
    list(laravel_pages(laravel(server), "/things", {"include": "instance"}))
    assert server.said == [
        "GET /v3/things?include=instance",
        "GET /v3/things?include=instance&page=2",
    ]


def test_numbered_every_page_is_returned_with_its_included_objects(serve, laravel):
    server = serve(numbered([1], 2, included=[{"id": "a"}]), numbered([2], 2, 2, included=[]))
    pages = list(laravel_pages(laravel(server), "/things"))
    assert [document["included"] for document in pages] == [[{"id": "a"}], []]


def test_numbered_the_latest_last_page_decides(serve, laravel):
    server = serve(numbered([1], 9), numbered([2], 2, 2))
    assert numbered_items(laravel(server)) == [1, 2]


def test_numbered_a_list_that_becomes_shorter_is_a_failure(serve, laravel):
    """Of the items 0 to 4, 0 was deleted after the first page, so that no page had item 2."""
    server = serve(numbered([0, 1], 3, total=5), numbered([3, 4], 2, 2, total=4))
    with pytest.raises(Failure, match="the list became shorter while it was read") as caught:
        numbered_items(laravel(server))
    assert caught.value.code == "conflict"


def test_numbered_a_list_may_become_longer(serve, laravel):
    server = serve(numbered([0, 1], 2, total=3), numbered([1, 2, 3], 2, 2, total=4))
    assert numbered_items(laravel(server)) == [0, 1, 2, 3]


def test_numbered_a_last_page_that_is_too_low_ends_the_list(serve, laravel):
    server = serve(numbered([1], 0))
    assert numbered_items(laravel(server)) == [1]


def test_numbered_a_total_that_was_not_reached_is_a_failure(serve, laravel):
    """A missing item may be one that must not be created again, or a reason to prune."""
    meta = {"current_page": 1, "last_page": 1, "total": 3}
    server = serve(answer(json={"data": [1, 2], "meta": meta}))
    with pytest.raises(Failure, match="2 items of 3 in all") as caught:
        numbered_items(laravel(server))
    assert caught.value.code == "unexpected_answer"


def test_numbered_a_last_page_may_be_a_string(serve, laravel):
    server = serve(numbered([1], "2"), numbered([2], "2", 2))
    assert numbered_items(laravel(server)) == [1, 2]


def test_numbered_a_repeated_page_is_a_failure(serve, laravel):
    with pytest.raises(Failure, match="a page that repeats the ones before"):
        numbered_items(laravel(serve(numbered([1], 2), numbered([1], 2, 2))))


def test_numbered_a_last_page_that_is_too_high_is_a_failure(serve, laravel):
    server = serve(numbered([1], 99), numbered([], 99, 2))
    with pytest.raises(Failure, match="empty page 2 of 99") as caught:
        numbered_items(laravel(server))
    assert caught.value.code == "unexpected_answer"
    assert len(server.requests) == 2


def test_numbered_a_list_without_a_last_page_ends_where_it_has_no_next_link(serve, laravel):
    following = {"next": "https://cloud.laravel.com/api/things?page=2"}
    first = answer(json={"data": [1], "links": following})
    last = answer(json={"data": [2], "links": {"next": None}, "meta": {}})
    server = serve(first, last)
    assert numbered_items(laravel(server)) == [1, 2]
    assert server.said == ["GET /v3/things", "GET /v3/things?page=2"]


@pytest.mark.parametrize(
    "meta", [None, {}, [], "text", {"last_page": None}, {"last_page": "two"}, {"last_page": 1.5}]
)
def test_numbered_a_list_without_a_last_page_is_a_failure(meta, serve, laravel):
    with pytest.raises(Failure, match="last_page") as caught:
        numbered_items(laravel(serve(answer(json={"data": [1], "meta": meta}))))
    assert caught.value.code == "unexpected_answer"


@pytest.mark.parametrize("raw", NO_LISTS)
def test_numbered_a_response_that_is_not_a_list_is_a_failure(raw, serve, laravel):
    with pytest.raises(Failure) as caught:
        numbered_items(laravel(serve(raw)))
    assert caught.value.code == "unexpected_answer"


def test_numbered_an_endless_list_is_a_failure(serve, laravel, monkeypatch):
    monkeypatch.setattr(paging, "PAGES", 5)
    server = serve(*[numbered([at], at + 2, at + 1) for at in range(20)])
    with pytest.raises(Failure, match="does not end"):
        numbered_items(laravel(server))
    assert len(server.requests) == 5


def test_numbered_links_in_a_response_are_not_followed(serve, laravel):
    other = serve()
    links = {"next": f"http://localhost:{other.port}/v3/things?page=2"}
    server = serve(numbered([1], 2, links=links), numbered([2], 2, 2))
    assert numbered_items(laravel(server)) == [1, 2]
    assert other.connections == 0


def test_numbered_a_failure_on_a_later_page_does_not_return_a_short_list(serve, laravel):
    with pytest.raises(Failure) as caught:
        numbered_items(laravel(serve(numbered([1], 2), answer(404, json={}))))
    assert caught.value.status == 404


# The ends of a list of Laravel Cloud


def pages_of(items):
    """Return all pages of a list, by number."""
    last = max(1, -(-len(items) // 100))
    return {at: numbered(items[100 * (at - 1) : 100 * at], last, at) for at in range(1, last + 1)}


def unknown(_items):
    """Return a page that does not show the order of its list."""
    return


@pytest.mark.parametrize(
    ("count", "read"),
    [
        (0, [1]),
        (100, [1]),
        (101, [1, 2]),
        (200, [1, 2]),
        (201, [1, 2, 3]),
        (300, [1, 2, 3]),
        (730, [1, 7, 8]),
    ],
)
def test_ends_are_the_first_and_last_hundred_items_in_few_requests(count, read, serve, laravel):
    items = list(range(count))
    pages = pages_of(items)
    server = serve(*[pages[at] for at in read])
    assert ends(laravel(server), "/things", unknown) == (
        items if count <= 200 else items[:100] + items[-100:]
    )
    assert server.said == [
        f"GET /v3/things?page={at}" if at > 1 else "GET /v3/things" for at in read
    ]


@pytest.mark.parametrize(("oldest_first", "read"), [(False, [1]), (True, [1, 7, 8])])
def test_a_first_page_that_shows_the_newest_item_saves_requests(oldest_first, read, serve, laravel):
    """If the oldest are first, the last page alone may have only one of the newest hundred."""
    items = list(range(730))
    pages = pages_of(items)
    shown = []
    server = serve(*[pages[at] for at in read])
    found = ends(laravel(server), "/things", lambda page: shown.append(page) or oldest_first)
    assert shown == [items[:100]]
    assert found == items[:100] + (items[630:] if oldest_first else [])
    assert len(server.requests) == len(read)


def test_ends_of_a_newest_first_list_that_grows_while_it_is_read(serve, laravel):
    """Newest first: a new item moves the oldest one to another page. The ends stay the same."""
    before, after = list(range(300)), list(range(-1, 300))
    early, late = pages_of(before), pages_of(after)
    server = serve(early[1], late[2], late[3], late[4])
    assert ends(laravel(server), "/things", unknown) == before[:100] + before[-100:]


def test_ends_of_an_oldest_first_list_that_grows_while_it_is_read(serve, laravel):
    """Oldest first: a new item may start another page, which has the newest one."""
    early, late = pages_of(list(range(300))), pages_of(list(range(301)))
    server = serve(early[1], early[2], late[3], late[4])
    found = ends(laravel(server), "/things", lambda _page: True)
    assert found == [*range(100), *range(201, 301)]


def test_ends_of_a_list_that_always_has_one_page_more(serve, laravel):
    server = serve(*[numbered([at], at + 1, at) for at in range(1, 9)])
    assert ends(laravel(server), "/things", unknown) == [1, 3]
    assert len(server.requests) == 3


@pytest.mark.parametrize("raw", NO_LISTS)
def test_ends_of_a_response_that_is_not_a_list_are_a_failure(raw, serve, laravel):
    for before in ([], [numbered([1], 2)]):
        with pytest.raises(Failure) as caught:
            ends(laravel(serve(*before, raw)), "/things", unknown)
        assert caught.value.code == "unexpected_answer"


def test_ends_with_an_empty_or_repeated_page_are_a_failure(serve, laravel):
    with pytest.raises(Failure, match="empty page 1 of 3"):
        ends(laravel(serve(numbered([], 3))), "/things", unknown)
    with pytest.raises(Failure, match="a page that repeats the ones before"):
        ends(laravel(serve(numbered([1], 2), numbered([1], 2, 2))), "/things", unknown)
