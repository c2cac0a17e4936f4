"""Places in a table, what is to be read, and how it is asked for."""

import orjson
import pytest

from new_services.feed.log.keys import Bound, from_text, rank
from new_services.feed.log.tables import Column, Table
from new_services.feed.reading.jobs import Job
from new_services.feed.reading.requests import BadRequest, job_of

STOCK = Table("stock", 1, (Column("sku", 1043, "text"), Column("qty", 23, "integer")), ("sku",))
LINE = Table(
    "line",
    2,
    (Column("order", 23, "integer"), Column("no", 23, "integer")),
    ("order", "no"),
)


def test_keys_are_compared_as_numbers_and_as_bytes():
    assert rank((9,)) < rank((10,))
    assert rank(("a",)) > rank(("Z",))
    assert rank(("z",)) < rank(("ä",))
    assert rank((1, "b")) < rank((2, "a"))


def test_a_bound_lies_before_or_behind_its_key():
    assert Bound((5,)).covers((5,))
    assert not Bound((5,), behind=False).covers((5,))
    assert Bound((5,), behind=False).covers((4,))


def test_a_job_survives_the_bookmark():
    job = Job("line", False, 77, Bound((1, 2), behind=False), (9, 9), True, (1, 2), 12)
    assert Job.from_dict(orjson.loads(orjson.dumps(job.to_dict()))) == job


def test_the_first_chunk_says_since_when():
    job = Job("stock", initial=True).moved(100, Bound(("A",)), 5).moved(200, Bound(("B",)), 6)
    assert (job.since, job.rows, job.at) == (100, 11, Bound(("B",)))


def test_a_request_for_a_range():
    job = job_of({"table": "line", "from": "3,1", "to": None}, [STOCK, LINE])
    assert job == Job("line", False, at=Bound((3, 1), behind=False), ranged=True, start=(3, 1))
    assert str(job) == "line from 3,1"


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ([], "not an object"),
        ({"table": "nope"}, "stock, line"),
        ({"table": "line", "from": "3"}, "2 parts"),
        ({"table": "line", "from": "a,b"}, "no key of line"),
        ({"table": "stock", "from": "b", "to": "a"}, "behind the last"),
    ],
)
def test_what_cannot_be_read_is_refused(asked, says):
    with pytest.raises(BadRequest, match=says):
        job_of(asked, [STOCK, LINE])


def test_a_key_with_a_comma_is_one_key_where_the_key_has_one_part():
    assert job_of({"table": "stock", "to": "a,b"}, [STOCK]).to == ("a,b",)
    with pytest.raises(ValueError, match="2 parts"):
        from_text(["1"], (23, 23))
