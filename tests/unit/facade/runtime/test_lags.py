"""Which steps of a route wait until the new side has caught up, and what people are shown."""

import json
from pathlib import Path

import pytest

from facade.master.publisher import Publisher
from facade.routes.config.routefile import RouteConfig
from facade.routes.file.problems import RouteFileError
from facade.routes.stages import Stage
from facade.runtime.lags import LAG, OUTDATED_SECONDS, Lag, hold_back, read_lags

NOW = 1000.0
FRESH, LATE = {"catalog": Lag(0.05, NOW)}, {"catalog": Lag(7.3, NOW)}


def route(stage: Stage, percent: int | None = None, max_lag: float | None = 2.0) -> RouteConfig:
    return RouteConfig(
        "detail", ("GET",), "/a", stage=stage, new="catalog", percent=percent, max_lag=max_lag
    )


FORWARD = [
    (route(Stage.SHADOW), route(Stage.CANARY, 100)),
    (route(Stage.CANARY, 100), route(Stage.CANARY, 2500)),
    (route(Stage.CANARY, 10000), route(Stage.NEW)),
    (route(Stage.NEW), route(Stage.RETIRED)),
    (None, route(Stage.NEW)),
]
OTHER = [
    (route(Stage.LEGACY), route(Stage.SHADOW)),
    (route(Stage.CANARY, 2500), route(Stage.CANARY, 100)),
    (route(Stage.CANARY, 2500), route(Stage.CANARY, 2500)),
    (route(Stage.CANARY, 2500), route(Stage.SHADOW)),
    (route(Stage.NEW), route(Stage.CANARY, 10000)),
    (route(Stage.SHADOW), route(Stage.CANARY, 100, max_lag=None)),
]


@pytest.mark.parametrize(("before", "after"), FORWARD)
def test_a_step_forward_waits_for_the_new_side(
    before: RouteConfig | None, after: RouteConfig
) -> None:
    assert hold_back(before, after, FRESH, NOW) is None
    held = hold_back(before, after, LATE, NOW)
    assert held is not None
    assert held.startswith("catalog is 7.3 s behind legacy, and 'detail' allows 2 s")
    assert "is not known" in str(hold_back(before, after, {}, NOW))
    assert hold_back(before, after, FRESH, NOW + OUTDATED_SECONDS) is None
    assert "is not known" in str(hold_back(before, after, FRESH, NOW + OUTDATED_SECONDS + 1))
    silent = {"catalog": Lag(None, NOW, "no instance is registered")}
    assert "no instance is registered" in str(hold_back(before, after, silent, NOW))


@pytest.mark.parametrize(("before", "after"), OTHER)
def test_the_way_back_is_open(before: RouteConfig, after: RouteConfig) -> None:
    assert hold_back(before, after, LATE, NOW) is None
    assert hold_back(before, after, {}, NOW) is None


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"catalog": 3}', '{"catalog": {"at": 1}}'])
def test_a_measurement_that_cannot_be_read_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / LAG).write_text(text)
    assert read_lags(tmp_path) == {}


FILE = """
upstreams: {legacy: {url: "http://127.0.0.1:1"}, catalog: {url: "http://127.0.0.1:2"}}
routes:
  - {name: detail, match: GET /a, new: catalog, stage: STAGE, compare: {sample: 100%}, max_lag: 2s}
"""


def test_an_edit_by_hand_is_judged_like_a_flip(tmp_path: Path) -> None:
    file, runtime = tmp_path / "routes.yaml", tmp_path / "runtime"
    runtime.mkdir()
    publisher = Publisher(file, runtime, {}, lambda: NOW)
    file.write_text(FILE.replace("STAGE", "shadow"))
    publisher.first()
    canary = FILE.replace("STAGE", "canary, percent: 1").encode()

    def measured(seconds: float) -> None:
        lags = {"catalog": {"seconds": seconds, "at": NOW, "reason": ""}}
        (runtime / LAG).write_text(json.dumps(lags))

    measured(7.3)
    assert not publisher.offer(canary)
    verdict = json.loads((runtime / "reload.json").read_text())
    assert "routes.yaml:4:" in verdict["errors"][0]
    assert "catalog is 7.3 s behind legacy" in verdict["errors"][0]
    measured(0.1)
    assert publisher.offer(canary)
    measured(7.3)
    assert publisher.offer(FILE.replace("STAGE", "shadow").encode())


def test_an_edit_that_came_too_early_takes_force_when_the_read_model_has_caught_up(
    tmp_path: Path,
) -> None:
    file, now = tmp_path / "routes.yaml", [NOW]
    publisher = Publisher(file, tmp_path, {}, lambda: now[0])
    file.write_text(FILE.replace("STAGE", "shadow"))
    publisher.first()

    def measured(seconds: float) -> None:
        now[0] += 2.0
        lags = {"catalog": {"seconds": seconds, "at": now[0], "reason": ""}}
        (tmp_path / LAG).write_text(json.dumps(lags))

    def verdict() -> dict[str, object]:
        found: dict[str, object] = json.loads((tmp_path / "reload.json").read_text())
        return found

    canary = FILE.replace("STAGE", "canary, percent: 1").encode()
    measured(7.3)
    assert not publisher.offer(canary)
    measured(5.0)
    assert not publisher.reconsider()
    assert "catalog is 5.0 s behind legacy" in str(verdict())
    measured(0.1)
    assert publisher.reconsider()
    assert verdict()["ok"]
    assert (tmp_path / "table.yaml").read_bytes() == canary
    assert not publisher.reconsider(), "there is nothing left to judge"


def test_an_edit_that_was_taken_back_is_not_judged_again(tmp_path: Path) -> None:
    file, now = tmp_path / "routes.yaml", [NOW]
    publisher = Publisher(file, tmp_path, {}, lambda: now[0])
    before = FILE.replace("STAGE", "shadow")
    file.write_text(before)
    publisher.first()
    assert not publisher.offer(FILE.replace("STAGE", "new").encode())
    assert publisher.offer(before.encode())
    now[0] += 2.0
    (tmp_path / LAG).write_text(
        json.dumps({"catalog": {"seconds": 0.1, "at": now[0], "reason": ""}})
    )
    assert not publisher.reconsider()
    assert (tmp_path / "table.yaml").read_text() == before


def test_a_file_with_a_bad_limit_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "routes.yaml"
    file.write_text(FILE.replace("STAGE", "shadow").replace("2s", "2"))
    with pytest.raises(RouteFileError, match="max_lag: expected a time"):
        Publisher(file, tmp_path, {}, lambda: NOW).first()
