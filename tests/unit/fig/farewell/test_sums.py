"""Two databases are compared by numbers; what differs is named."""

import json

from fig.farewell.sums import Sums, differences, from_plain

ONE = Sums({"public.a": (3, "17")}, {"public.a_id_seq": (3, True)}, {"triggers": 2})


def test_equal_ones_have_no_difference_also_by_way_of_json() -> None:
    assert differences(ONE, from_plain(json.loads(json.dumps(ONE.plain)))) == []
    assert ONE.rows == 3


def test_each_difference_is_named() -> None:
    other = Sums({"public.a": (3, "18"), "public.b": (0, "0")}, {}, {"triggers": 1})
    assert differences(ONE, other) == [
        "rows and checksum of public.a: (3, '17') and (3, '18')",
        "rows and checksum of public.b: none and (0, '0')",
        "sequence public.a_id_seq: (3, True) and none",
        "number of triggers: 2 and 1",
    ]
