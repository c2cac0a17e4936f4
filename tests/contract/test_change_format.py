"""What crosses process boundaries, spelled out: a change breaks processes that still run."""

import json
from dataclasses import asdict

from chassis.registry import discovery
from chassis.registry.discovery import Registration
from chassis.web import headers
from contracts import subjects
from contracts.feed.change import Change, Op

PUBLISHED = """
{"v": 1, "table": "product", "op": "update", "key": {"id": 7}, "before": null,
 "after": {"id": 7, "price": "1.20"}, "lsn": 4711, "seq": 2, "xid": 99,
 "committed": "2026-01-02T03:04:05.000006Z"}
"""


def test_a_published_change():
    change = Change.from_dict(json.loads(PUBLISHED))
    assert change == Change(
        table="product",
        op=Op.UPDATE,
        key={"id": 7},
        before=None,
        after={"id": 7, "price": "1.20"},
        lsn=4711,
        seq=2,
        xid=99,
        committed="2026-01-02T03:04:05.000006Z",
    )
    assert change.to_dict() == json.loads(PUBLISHED)
    assert change.message_id == "4711:2"


def test_operations():
    assert [op.value for op in Op] == [
        "insert",
        "update",
        "delete",
        "truncate",
        "snapshot",
        "snapshot-end",
        "shape",
        "watermark",
    ]


def test_names_on_the_bus():
    assert (subjects.LEGACY_STREAM, subjects.LEGACY_SUBJECTS) == ("LEGACY", "legacy.>")
    assert subjects.legacy_subject("order_line") == "legacy.order_line"
    assert subjects.WATERMARK_SUBJECT == "legacy.watermark"


def test_registry_entry():
    entry = Registration("catalog", "http://127.0.0.1:7001", "ab12", "2026-01-02T03:04:05Z", "7")
    assert (discovery.BUCKET, entry.key) == ("registry", "catalog.ab12")
    assert asdict(entry) == {
        "service": "catalog",
        "url": "http://127.0.0.1:7001",
        "instance": "ab12",
        "started": "2026-01-02T03:04:05Z",
        "version": "7",
    }


def test_headers():
    assert (headers.AFTER, headers.WATERMARK, headers.DECLINED, headers.DECISION) == (
        "Fig-After",
        "Fig-Watermark",
        "Fig-Declined",
        "Fig-Decision",
    )
