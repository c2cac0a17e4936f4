"""A shop that begins without a monolith: what its folder says, and its route file."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from fig.errors import BadSetting
from fig.settings import Home
from fig.stack import ended, standing_alone
from fig.stack.ended import Ended

PROJECT = Path(__file__).parents[4]


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path)


def test_a_shop_with_a_monolith_says_nothing(home, monkeypatch):
    monkeypatch.setattr(standing_alone, "legacy_here", lambda: True)
    assert standing_alone.standing(home, alone=False) is None
    assert not home.ended.exists()


def test_a_fresh_one_that_begins_alone_writes_it_down_once(home):
    said = standing_alone.standing(home, alone=True)
    assert said is not None and said.how == "alone"
    assert standing_alone.standing(home, alone=False) == said, "the next `fig up` knows"


def test_where_the_tree_has_no_monolith_every_fresh_shop_begins_alone(home, monkeypatch):
    monkeypatch.setattr(standing_alone, "legacy_here", lambda: False)
    said = standing_alone.standing(home, alone=False)
    assert said is not None and said.how == "alone"


def test_a_shop_that_has_one_does_not_lose_it_so(home):
    (home.folder / "postgres" / "data").mkdir(parents=True)
    with pytest.raises(BadSetting, match="`fig farewell` ends it"):
        standing_alone.standing(home, alone=True)
    assert not home.ended.exists()


def test_after_a_farewell_it_stands_and_has_no_seed_of_its_own(home):
    said = Ended(1.0, "farewell", "/a")
    ended.write(home, said)
    assert standing_alone.standing(home, alone=True) == said


def test_its_routes_are_those_of_the_project_and_the_facade_takes_them(home):
    source = PROJECT / "routes.yaml"
    path = standing_alone.own_routes(home, source)
    made, whole = yaml.safe_load(path.read_text()), yaml.safe_load(source.read_text())
    assert "legacy" not in made["upstreams"]
    assert {route.get("stage", "retired") for route in made["routes"]} == {"retired"}
    moved = [one["name"] for one in whole["routes"] if "new" in one or "compose" in one]
    assert [one["name"] for one in made["routes"]] == moved
    check = [sys.executable, "-m", "facade", "check", str(path)]
    done = subprocess.run(check, capture_output=True, text=True, cwd=PROJECT, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


def test_what_a_person_has_edited_stays(home):
    standing_alone.own_routes(home, PROJECT / "routes.yaml").write_text("mine")
    path = standing_alone.own_routes(home, PROJECT / "routes.yaml")
    assert path.read_text() == "mine"


@pytest.mark.parametrize("text", ["", "[", "upstreams: 1"])
def test_a_source_that_is_no_route_file_is_named(home, text):
    source = home.folder / "other.yaml"
    source.write_text(text)
    with pytest.raises(BadSetting, match=r"other\.yaml"):
        standing_alone.own_routes(home, source)
