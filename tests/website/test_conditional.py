"""Pages say 304 to a reader who has them, compress, and change with a publication."""

from __future__ import annotations

import gzip

from django.test import Client

from tests.website.conftest import SmallSite


def test_etag_match_is_304_without_a_body(client: Client) -> None:
    first = client.get("/en/rights")
    again = client.get("/en/rights", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/ru/rights", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_compressed_page_is_the_same_page(client: Client) -> None:
    plain = client.get("/en/about")
    small = client.get("/en/about", headers={"Accept-Encoding": "br, gzip"})
    assert small["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.content) == plain.content
    refused = client.get("/en/about", headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused


def test_policy_allows_nothing_foreign(client: Client) -> None:
    policy = client.get("/en/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_a_withdrawn_release_says_so_at_once_whether_it_is_shown_or_was_replaced(small_site: SmallSite) -> None:
    old = small_site.publish({"value": 12.5})
    new = small_site.publish({"value": 10.4})
    address = f"/en/figures/{old}/u5mr:KAZ:2020:KAZSTAT_SDG"
    before = small_site.client.get(address)
    assert "was withdrawn" not in before.content.decode()
    small_site.store.withdraw(old, "tester", "the columns were swapped")
    after = small_site.client.get(address, headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert "the columns were swapped" in after.content.decode()
    assert "the columns were swapped" in small_site.client.get("/en/data").content.decode()
    small_site.store.withdraw(new, "tester", "counted twice")
    text = small_site.client.get(f"/en/figures/{new}/u5mr:KAZ:2020:KAZSTAT_SDG").content.decode()
    assert "counted twice" in text
