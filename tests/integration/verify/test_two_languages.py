"""A conversion means the same in Python and in SQL: one projects by it, the other proves."""

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.feed.mapping import Kind
from contracts.mark import mark, new_saga_id, split
from new_services.anticorruption.mapping import flag, number, percentage, same, text, words
from new_services.anticorruption.tables import customers_text, saga_mark
from new_services.verify.rows.canonical import canonical, stored_sql

pytestmark = pytest.mark.integration

# What legacy's columns can hold: any text but NUL; much of it near what the conversions look for.
near = st.text(alphabet="0123456789.-+eE ,~YN\t\n\x1f\xa0\u2003äß'\"\\{}[]", max_size=20)
anything = st.text(
    alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20
)
saga_ids = st.builds(new_saga_id)
marked = st.builds(lambda some, saga: mark(some[:60] or None, saga), near, saga_ids)
values = st.none() | near | anything | marked | st.sampled_from(["Y", "N", "", " 7.50 ", "1e3"])


@pytest.fixture(scope="module")
def server(postgres_server):
    with psycopg.connect(postgres_server.url(), autocommit=True) as connection:
        yield connection


def in_sql(server, expression, given_values):
    statement = f"SELECT {expression.replace('{}', 'c')} FROM unnest(%s::text[]) WITH ORDINALITY"
    return [row[0] for row in server.execute(f"{statement} AS t (c, n) ORDER BY n", [given_values])]


@pytest.mark.parametrize("name", ["same", "text", "flag", "number", "percentage", "words"])
def test_python_and_sql_agree(server, name):
    convert = {"same": same, "text": text, "flag": flag, "number": number,
               "percentage": percentage, "words": words}[name]  # fmt: skip

    @given(st.lists(values, min_size=1, max_size=40))
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    def agree(some):
        for value, computed in zip(some, in_sql(server, convert.sql, some), strict=True):
            try:
                meant = canonical(convert.kind, convert.call(value))
            except (ValueError, KeyError, ArithmeticError):
                # Refused by the projection: then no read model may hold what SQL makes of it.
                if convert.kind in (Kind.FLAG, Kind.NUMBER):
                    assert computed is None or computed.startswith("?")
            else:
                strange = computed is not None and computed.startswith("?")  # left to Python
                assert computed == meant or (convert.kind is Kind.NUMBER and strange), value

    agree()


@given(st.lists(values, min_size=1, max_size=40))
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_mark_is_split_alike(server, some):
    halves = zip(
        some,
        in_sql(server, customers_text.sql, some),
        in_sql(server, saga_mark.sql, some),
        strict=True,
    )
    for value, before, saga in halves:
        looks_marked = saga is not None and split(value)[1] is None
        assert (before, saga) == split(value) or looks_marked  # looked at again in Python


@given(st.lists(st.from_regex(r"-?[0-9]{1,12}(\.[0-9]{0,4})?", fullmatch=True), min_size=1))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_number_is_stored_as_one_text_whatever_its_zeros(server, numbers):
    computed = in_sql(server, stored_sql(Kind.NUMBER, "{}"), numbers)
    assert computed == [canonical(Kind.NUMBER, each) for each in numbers]
    as_numeric = in_sql(server, stored_sql(Kind.NUMBER, "({}::numeric)::text"), numbers)
    assert as_numeric == computed
