"""In the fourth act every domain of the shop changes its owner."""

from __future__ import annotations

from pathlib import Path

import yaml

from fig.demo.script.actions import CutOver
from fig.demo.script.acts.cutover import WHAT, cutover
from fig.demo.script.pace import DOMAINS, NORMAL

SHOP = yaml.safe_load(Path("routes.yaml").read_text(encoding="utf-8"))


def test_all_domains_that_the_shop_has() -> None:
    moved = [step.do.domain for step in cutover(NORMAL).steps if isinstance(step.do, CutOver)]
    assert tuple(moved) == tuple(WHAT) == DOMAINS
    assert set(moved) == set(SHOP["domains"])


def test_no_domain_is_held_to_less_than_what_its_routes_were_promoted_by() -> None:
    assert all(
        step.do.bound >= NORMAL.promote[name].new
        for step in cutover(NORMAL).steps
        for name in NORMAL.promote
        if isinstance(step.do, CutOver)
    )
