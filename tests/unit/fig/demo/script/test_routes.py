"""The demo's copy of the route file: as the user wrote it, but what is moved in legacy."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import yaml

from facade.routes.file.reading import load_path
from fig.demo.script.actions import Edit
from fig.demo.script.routes import HEAD, Wanted, copy_in_legacy, edit
from fig.demo.stage.world import DemoFailed

SOURCE = """\
# mine, with a remark
upstreams:
  legacy: {url: http://127.0.0.1:5000}
routes:
  - name: product-list   # the list
    match: GET /api/products
    new: catalog
    stage: canary
    percent: 25
    key: [cookie:session]
    compare: {sample: 5%, rules: products}
  - {name: stock, match: "GET /api/stock/{sku}", new: catalog, stage: new}
"""


def copied(tmp_path: Path, source: str = SOURCE) -> tuple[str, dict[str, dict[str, object]]]:
    (tmp_path / "routes.yaml").write_text(source)
    target = tmp_path / "demo" / "routes.yaml"
    wanted = Wanted(
        ("product-list",), ("product-list",), {"product-list": {"canary": "20%"}}, {"ramp": "2s"}
    )
    copy_in_legacy(tmp_path / "routes.yaml", target, wanted)
    text = target.read_text()
    return text, {route["name"]: route for route in yaml.safe_load(text)["routes"]}


def test_every_route_to_be_moved_stands_in_legacy(tmp_path: Path) -> None:
    _, routes = copied(tmp_path)
    assert routes["product-list"]["stage"] == "legacy"
    assert "percent" not in routes["product-list"]


def test_others_stay_where_they_are(tmp_path: Path) -> None:
    _, routes = copied(tmp_path)
    assert routes["stock"]["stage"] == "new"


def test_the_breaker_toward_legacy_may_be_brisk(tmp_path: Path) -> None:
    text, _ = copied(tmp_path)
    assert yaml.safe_load(text)["upstreams"]["legacy"]["breaker"] == {"ramp": "2s"}


def test_what_the_user_wrote_stays_and_his_file_is_named(tmp_path: Path) -> None:
    text, routes = copied(tmp_path)
    assert text.startswith(HEAD.format(source=tmp_path / "routes.yaml"))
    assert routes["product-list"]["key"] == ["cookie:session"]
    assert list(routes) == ["product-list", "stock"]


def test_the_copy_of_the_shops_own_file_differs_in_what_the_demo_moves_alone(
    tmp_path: Path,
) -> None:
    source, target = Path(__file__).parents[5] / "routes.yaml", tmp_path / "routes.yaml"
    copy_in_legacy(source, target, Wanted((), ()))
    expected = yaml.safe_load(source.read_text("utf-8"))
    expected.setdefault("facade", {})["expose"] = True
    assert yaml.safe_load(target.read_text("utf-8")) == expected
    assert load_path(target).file.routes == load_path(source).file.routes


def test_all_reads_of_the_moved_routes_are_compared(tmp_path: Path) -> None:
    _, routes = copied(tmp_path)
    assert routes["product-list"]["compare"] == {"sample": "100%", "rules": "products"}
    assert "compare" not in routes["stock"]


def test_the_decision_is_exposed_for_the_price_desk(tmp_path: Path) -> None:
    text, _ = copied(tmp_path)
    assert yaml.safe_load(text)["facade"] == {"expose": True}


def test_the_source_is_not_touched(tmp_path: Path) -> None:
    copied(tmp_path)
    assert (tmp_path / "routes.yaml").read_text() == SOURCE


def test_a_file_without_the_routes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DemoFailed, match="no route product-list"):
        copied(tmp_path, SOURCE.replace("product-list", "goods"))


def test_promotions_are_held_to_the_demos_bounds(tmp_path: Path) -> None:
    _, routes = copied(tmp_path)
    assert routes["product-list"]["promote"] == {"canary": "20%"}
    assert "promote" not in routes["stock"]


def test_of_what_everybody_opens_one_in_five_is_compared(tmp_path: Path) -> None:
    (tmp_path / "routes.yaml").write_text(SOURCE)
    wanted = Wanted(("product-list",), ("product-list",), often=("product-list",))
    copy_in_legacy(tmp_path / "routes.yaml", tmp_path / "copy.yaml", wanted)
    (route, _) = yaml.safe_load((tmp_path / "copy.yaml").read_text())["routes"]
    assert route["compare"]["sample"] == "20%"


def test_one_edit_moves_several_routes_and_leaves_the_others(tmp_path: Path) -> None:
    _, before = copied(tmp_path)
    copy = tmp_path / "copy.yaml"
    copy.write_text(yaml.safe_dump({"routes": list(before.values())}))
    version = edit(copy, Edit(("product-list",), "canary", 50))
    after = {one["name"]: one for one in yaml.safe_load(copy.read_text())["routes"]}
    assert (after["product-list"]["stage"], after["product-list"]["percent"]) == ("canary", 50)
    assert after["stock"] == before["stock"]
    assert version == hashlib.sha256(copy.read_bytes()).hexdigest()[:12]
    edit(copy, Edit(("product-list",), "new"))
    assert "percent" not in yaml.safe_load(copy.read_text())["routes"][0]
