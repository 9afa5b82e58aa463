"""Pages say 304 to a reader who has them, compress, and change with a publication."""

from __future__ import annotations

import gzip

from django.test import Client


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
