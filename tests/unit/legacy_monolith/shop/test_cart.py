"""The cart's cookie: what is written can be read, what is forged is ignored."""

from werkzeug.wrappers import Response

from legacy_monolith.shop import cart


def cookie_of(lines: dict[str, int]) -> str:
    response = Response()
    cart.write(response, lines)
    return response.headers["Set-Cookie"]


def test_written_cart_is_read_again() -> None:
    lines = {"JKT-10001-BLUE-M": 2, "HAT-10005-0": 1}
    value = cookie_of(lines).split(";")[0].removeprefix("cart=")
    assert cart.read(value) == lines


def test_cookie_is_for_every_path_and_no_script() -> None:
    header = cookie_of({"HAT-10005-0": 1})
    assert "Path=/" in header
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header


def test_empty_cart_takes_the_cookie_away() -> None:
    assert "Max-Age=0" in cookie_of({})


def test_what_is_no_cart_is_left_out() -> None:
    assert cart.read(None) == {}
    assert cart.read("<script>*1!HAT-1*x!!HAT-2*-4!hat-3*1") == {"HAT-1": 1, "HAT-2": 1}


def test_pieces_are_bounded() -> None:
    assert cart.read("HAT-1*9999") == {"HAT-1": cart.MOST_PIECES}
    assert cart.add({"HAT-1": 19}, "HAT-1", 5) == {"HAT-1": cart.MOST_PIECES}


def test_lines_are_bounded() -> None:
    full = {f"HAT-{number}": 1 for number in range(cart.MOST_LINES)}
    assert cart.add(full, "JKT-1", 1) == full
    assert cart.add(full, "HAT-0", 1)["HAT-0"] == 2


def test_add_does_not_change_the_cart_it_was_given() -> None:
    lines = {"HAT-1": 1}
    assert cart.add(lines, "HAT-2", 3) == {"HAT-1": 1, "HAT-2": 3}
    assert lines == {"HAT-1": 1}
