"""What `fig status` prints of composed routes."""

from fig.output import composed

ONE = {
    "name": "page",
    "match": "GET /page",
    "requests": 5,
    "status": {"2xx": 4, "5xx": 1},
    "partial": 2,
    "parts": [
        {"name": "a", "get": "/a", "optional": False, "there": 4, "missing": {"status": 1}},
        {
            "name": "b",
            "get": "/b",
            "optional": True,
            "there": 3,
            "missing": {"late": 1, "limited": 1},
        },
    ],
}


def test_parts_and_why_they_were_missing() -> None:
    assert composed.text([]) == ""
    head, *_, first, second, all_of_it = composed.text([ONE]).splitlines()
    assert "missing" in head
    assert first.split() == ["page", "a:", "/a", "4", "1", "status"]
    assert second.split() == ["b:", "/b", "optional", "3", "1", "late,", "1", "limited"]
    assert all_of_it == "page: 5 answers, 4 2xx, 1 5xx; 2 without an optional part"
    assert composed.text([ONE | {"requests": 0, "status": {}, "partial": 0}]).endswith(
        "page: 0 answers"
    )
