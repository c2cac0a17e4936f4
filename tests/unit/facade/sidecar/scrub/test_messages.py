"""Credentials leave what is recorded, and nothing else changes."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facade.compare.secrets import MASK, is_secret
from facade.sidecar.scrub.messages import Scrubber, Unreadable

JSON = "application/json"
SECRET = "hunter2-Zx9"


@pytest.mark.parametrize(
    ("name", "value", "masked"),
    [
        ("Cookie", f"session={SECRET}; theme=dark", f"session={MASK}; theme={MASK}"),
        ("cookie", "", ""),
        (
            "Set-Cookie",
            f"session={SECRET}; Path=/; HttpOnly",
            f"session={MASK}; Path=/; HttpOnly",
        ),
        ("Authorization", f"Bearer {SECRET}", f"Bearer {MASK}"),
        ("authorization", SECRET, MASK),
        ("Proxy-Authorization", f"Basic {SECRET}", f"Basic {MASK}"),
        ("X-Api-Key", SECRET, MASK),
        ("X-CSRF-Token", SECRET, MASK),
        ("Fig-Identity", SECRET, MASK),
        ("Fig-Session", SECRET, MASK),
        ("Referer", f"http://a/b?token={SECRET}&q=tent", f"http://a/b?token={MASK}&q=tent"),
        ("Location", f"/next?access_token={SECRET}", f"/next?access_token={MASK}"),
        ("Accept", "application/json", "application/json"),
        ("X-Request-Id", "4711", "4711"),
    ],
)
def test_headers(name: str, value: str, masked: str) -> None:
    assert Scrubber().headers([(name, value)]) == [(name, masked)]


def test_a_target_keeps_its_spelling() -> None:
    scrub = Scrubber(["iban"]).target
    assert scrub("/a%20b?q=%C3%A4&q=2&flag&password=x%20y") == (
        f"/a%20b?q=%C3%A4&q=2&flag&password={MASK}"
    )
    assert scrub("/pay?IBAN=DE02") == f"/pay?IBAN={MASK}"
    assert scrub("/plain") == "/plain"


@pytest.mark.parametrize(
    ("body", "clean"),
    [
        ('{"password": "x", "price": 129.00}', f'{{"password": "{MASK}", "price": 129.00}}'),
        ('{"a":[{"token":{"deep":[1,2]}},7]}', f'{{"a":[{{"token":"{MASK}"}},7]}}'),
        ('{"pin": 1234, "pin": 5678}', f'{{"pin": "{MASK}", "pin": "{MASK}"}}'),
        ('{"password": null, "secret": ""}', '{"password": null, "secret": ""}'),
        ("[1.50, 1e3, NaN]", "[1.50, 1e3, NaN]"),
        (' "password" ', ' "password" '),
        ('{"pass\\u0077ord": "x"}', f'{{"pass\\u0077ord": "{MASK}"}}'),
    ],
)
def test_json_keeps_all_but_the_secret_values(body: str, clean: str) -> None:
    assert Scrubber().body(body.encode(), JSON) == clean.encode()


def test_declared_fields_by_name_and_by_path() -> None:
    scrub = Scrubber(["birthday", "$.lines[*].note", "$..iban"])
    body = {
        "Birthday": "1970-01-01",
        "note": "kept",
        "lines": [{"note": "private", "sku": "B-1"}],
        "deep": {"er": {"iban": "DE02"}},
    }
    assert json.loads(scrub.body(json.dumps(body).encode(), "application/problem+json")) == {
        "Birthday": MASK,
        "note": "kept",
        "lines": [{"note": MASK, "sku": "B-1"}],
        "deep": {"er": {"iban": MASK}},
    }


@pytest.mark.parametrize("body", [b'{"a":', b"{}x", b"{1:2}", b"\xff", b"[" * 100_000, b'{"a" 1}'])
def test_what_is_not_json_is_not_kept(body: bytes) -> None:
    with pytest.raises(Unreadable):
        Scrubber().body(body, JSON)


def test_forms() -> None:
    scrub, kind = Scrubber(), "application/x-www-form-urlencoded; charset=utf-8"
    body = b"email=a%40b&user%5Bpassword%5D=x&csrf_token=y&q=a+b&empty="
    assert scrub.body(body, kind) == (
        b"email=a%40b&user%5Bpassword%5D=(secret)&csrf_token=(secret)&q=a+b&empty="
    )


def test_forms_with_parts() -> None:
    kind = "multipart/form-data; boundary=XyZ"
    parts = (
        b'--XyZ\r\nContent-Disposition: form-data; name="password"\r\n\r\n%s\r\n'
        b'--XyZ\r\nContent-Disposition: form-data; name="photo"; filename="token.jpg"\r\n'
        b"Content-Type: image/jpeg\r\n\r\n\xff\xd8\r\n--XyZ--\r\n"
    )
    scrub = Scrubber()
    assert scrub.body(parts % SECRET.encode(), kind) == parts % MASK.encode()
    with pytest.raises(Unreadable):
        scrub.body(parts, "multipart/form-data; boundary=other")


def test_pages_and_documents() -> None:
    scrub = Scrubber()
    page = (
        '<form><input type="hidden" name="csrf_token" value="{0}"><input name=q value="tent">'
        '<input type=password value=\'{0}\'><meta name="csrf-token" content="{0}"></form>'
    )
    clean = scrub.body(page.format(SECRET).encode(), "text/html; charset=utf-8").decode()
    assert SECRET not in clean
    assert clean.count(MASK) == 3
    assert '<input name=q value="tent">' in clean
    document = '<a:user token="{0}" id="7"><a:password>{0}</a:password><name>Ada</name></a:user>'
    assert scrub.body(document.format(SECRET).encode(), "text/xml").decode() == document.format(
        MASK
    )


def test_other_bodies_stay_as_they_are() -> None:
    assert Scrubber().body(b"\x89PNG password=1", "image/png") == b"\x89PNG password=1"
    assert Scrubber().body(b"", JSON) == b""


names = st.sampled_from(["sku", "password", "access_token", "name", "Set-Cookie", "ä", ""])
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=20,
)


def masked(value: Any) -> Any:
    """The same by another way: on the parsed document."""
    if isinstance(value, dict):
        return {
            name: MASK if is_secret(name) and one not in (None, "") else masked(one)
            for name, one in value.items()
        }
    return [masked(one) for one in value] if isinstance(value, list) else value


@given(documents, st.sampled_from([(", ", ": "), (",", ":"), (" ,\n", " : ")]), st.booleans())
def test_scrubbing_the_text_is_scrubbing_the_document(
    document: Any, separators: tuple[str, str], ascii_only: bool
) -> None:
    text = json.dumps(document, separators=separators, ensure_ascii=ascii_only)
    clean = Scrubber().body(text.encode(), JSON)
    assert json.loads(clean) == masked(document)
    assert Scrubber().body(clean, JSON) == clean


JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    "target",
    [
        "/cart;jsessionid=%s", "/cart;JSESSIONID=%s?a=1", "/a;sid=%s/b", "/a?user[password]=%s",
        "/a?user%%5Bpassword%%5D=%s", "/a?user[plainPassword][first]=%s&x=1", "/a?mot_de_passe=%s",
        "/a?next=%%2Fb%%3Ftoken%%3D%s", "/a?PHPSESSID=%s", "/a?X-Amz-Signature=%s",
        "https://anna:%s@shop.example/",
    ],
)  # fmt: skip
def test_a_secret_anywhere_in_an_address(target: str) -> None:
    clean = Scrubber().target(target % SECRET)
    assert SECRET not in clean
    assert MASK in clean


@pytest.mark.parametrize("target", ["/reset/%s", "/a?q=%s", "/%s?x=1"])
def test_a_signed_token_in_an_address(target: str) -> None:
    assert Scrubber().target(target % JWT) == target % MASK


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", '{"password_confirmation": "%s"}'),
        ("application/json; charset=utf-8", '{"a": [{"contraseña2": "%s"}]}'),
        ("application/x-json", '{"token": "%s"}'),
        ("text/json", '{"token": "%s"}'),
        ("application/vnd.api+json", '{"token": "%s"}'),
        ("application/csp-report", '{"token": "%s"}'),  # JSON by its looks
        ("text/plain", '{"token": "%s"}'),  # what beacons send
        ("", '{"token": "%s"}'),
        ("application/x-www-form-urlencoded", '{"token": "%s"}'),  # curl -d
        ("application/json", ')]}\',\n{"token": "%s"}'),
        ("application/x-ndjson", '{"a": 1}\n{"token": "%s"}\n'),
        ("application/json", '[{"name": "password", "value": "%s"}]'),
        ("application/json", '[{"value": {"deep": "%s"}, "key": "api_key"}]'),
        ("application/json", '{"query": "mutation { login(password: \\"%s\\") { id } }"}'),
        ("application/json", '{"body": "{\\"password\\":\\"%s\\"}"}'),
        ("application/graphql", 'mutation { login(password: "%s") { id } }'),
        ("application/x-www-form-urlencoded", "user[password]=%s&x=1"),
        ("text/plain", "a=1&passwort=%s"),
        ("", "a=1&senha=%s"),
        ("text/plain", "Kennwort: %s"),
        ("text/csv", "name,password,city\nanna,%s,Bern\n"),
        ("text/csv", "name;token\nanna;%s\n"),
        ("text/html", '<input type="password" value="%s">'),
        ("text/html", '<p data-csrf-token="%s">'),
        ("text/html", '<script>window.apiKey = "%s";</script>'),
        ("application/xml", "<a><password>%s</password></a>"),
        ("application/soap+xml", '<a token="%s"/>'),
        ("image/svg+xml", '<svg token="%s"/>'),
        ("application/javascript", 'var token = "%s";'),
        ("multipart/form-data; boundary=b",
         '--b\r\nContent-Disposition: form-data; name="pwd"\r\n\r\n%s\r\n--b--'),
        ("multipart/form-data; boundary=b",
         '--b\r\nContent-Disposition: form-data; name="doc"; filename="a"\r\n'
         'Content-Type: application/json\r\n\r\n{"token": "%s"}\r\n--b--'),
        ("multipart/form-data; boundary=b",
         '--b\r\nContent-Disposition: form-data; name="doc"; filename="a"\r\n'
         'Content-Type: application/octet-stream\r\n\r\n%s\r\n--b--'),
    ],
)  # fmt: skip
def test_a_secret_under_any_content_type(kind: str, body: str) -> None:
    try:
        clean = Scrubber().body((body % SECRET).encode(), kind)
    except Unreadable:
        return  # not kept at all
    assert SECRET.encode() not in clean
    assert MASK.encode() in clean


@pytest.mark.parametrize(
    "kind", ["application/json", "text/html", "text/plain", "application/xml", "text/csv"]
)
def test_a_signed_token_in_any_body(kind: str) -> None:
    body = {"application/json": f'["{JWT}"]'}.get(kind, f"<p>{JWT}</p>")
    assert JWT.encode() not in Scrubber().body(body.encode(), kind)


@pytest.mark.parametrize(
    "kind",
    ["application/octet-stream", "application/pdf", "application/x-protobuf", "", "application/zip",
     "application/grpc", "application/msgpack", "nonsense"],
)  # fmt: skip
def test_what_nobody_knows_is_not_kept(kind: str) -> None:
    with pytest.raises(Unreadable, match="unknown kind"):
        Scrubber().body(b"\x00\x01 secret", kind)


@pytest.mark.parametrize(
    "kind", ["image/png", "font/woff2", "video/mp4", "audio/ogg", "text/css", "application/wasm"]
)
def test_what_nobody_typed_is_kept_as_it_is(kind: str) -> None:
    assert Scrubber().body(b"\x00token=1", kind) == b"\x00token=1"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Whatever", f"Bearer {SECRET}"),
        ("X-Amz-Security-Token", SECRET),
        ("Link", f"</a?token={SECRET}>; rel=next"),
        ("X-Original-URL", f"/a;jsessionid={SECRET}"),
        ("Refresh", f"0; url=/a?access_token={SECRET}"),
        ("X-Jwt-Assertion", SECRET),
        ("X-Odd", JWT),
    ],
)
def test_a_secret_in_any_header(name: str, value: str) -> None:
    ((_, clean),) = Scrubber().headers([(name, value)])
    assert SECRET not in clean
    assert JWT not in clean
