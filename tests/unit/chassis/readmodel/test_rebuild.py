"""Where the fresh tables are."""

from urllib.parse import parse_qs, urlsplit

from chassis.readmodel.rebuild import beside, fresh_reader


def test_the_fresh_tables_come_first_at_the_same_database():
    url = beside("postgresql://u:p@h:1/d")
    assert url.startswith("postgresql://u:p@h:1/d?")
    assert parse_qs(urlsplit(url).query) == {"options": ["-csearch_path=fresh,public"]}
    assert parse_qs(urlsplit(beside("postgresql://h/d?sslmode=require")).query).keys() == {
        "sslmode",
        "options",
    }


def test_its_reader_has_a_name_of_its_own():
    assert fresh_reader("x") != "x"
