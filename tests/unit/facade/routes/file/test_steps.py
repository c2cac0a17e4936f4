"""The step from the file in force to a new one."""

from collections.abc import Callable

import pytest

from facade.routes.file.problems import RouteFileError
from facade.routes.file.reading import Loaded, load
from facade.routes.file.steps import check_retired, check_steps, stepped, with_addresses

LoadedMaker = Callable[[str], Loaded]

MORE = {
    "legacy": "stage: legacy",
    "shadow": "stage: shadow, compare: {sample: 1%}",
    "canary": "stage: canary, percent: 5",
    "new": "stage: new",
    "retired": "stage: retired",
}


def route(stage: str, name: str = "a", path: str = "/a") -> str:
    return f"  - {{name: {name}, match: GET {path}, new: catalog, {MORE[stage]}}}\n"


def refused(loaded: LoadedMaker, old: str, new: str) -> list[str]:
    """What is said against the step, empty when it is allowed."""
    try:
        check_steps(loaded(new), loaded(old).file)
    except RouteFileError as error:
        return error.lines
    return []


@pytest.mark.parametrize(
    ("old", "new"),
    [("legacy", "shadow"), ("shadow", "canary"), ("canary", "new"), ("new", "canary"),
     ("new", "retired"), ("canary", "canary"), ("retired", "retired")],
)  # fmt: skip
def test_an_allowed_step(loaded: LoadedMaker, old: str, new: str) -> None:
    assert refused(loaded, route(old), route(new)) == []


def test_a_step_too_far_says_the_way(loaded: LoadedMaker) -> None:
    assert refused(loaded, route("legacy"), route("new")) == [
        "routes.yaml:6:51: stage: 'a' cannot go from legacy to new in one step"
        " (allowed from legacy: shadow); go through shadow first: fig flip a shadow"
        " (once legacy is written again)"
    ]
    (line,) = refused(loaded, route("new"), route("legacy"))
    assert "go through canary first: fig flip a canary PERCENT" in line


def test_every_route_is_judged(loaded: LoadedMaker) -> None:
    old = route("legacy") + route("new", "b", "/b")
    new = route("canary") + route("legacy", "b", "/b")
    assert len(refused(loaded, old, new)) == 2


def test_a_new_route_may_start_anywhere(loaded: LoadedMaker) -> None:
    assert refused(loaded, "  []", route("new")) == []


@pytest.mark.parametrize("stage", ["legacy", "shadow"])
def test_a_route_may_leave_while_legacy_answers_it(loaded: LoadedMaker, stage: str) -> None:
    assert refused(loaded, route(stage), "  []") == []


@pytest.mark.parametrize("stage", ["canary", "new"])
def test_a_route_that_the_new_side_answers_leaves_only_on_purpose(
    loaded: LoadedMaker, stage: str
) -> None:
    (line,) = refused(loaded, route(stage), "  []")
    assert f"'a' is in stage {stage} and no longer matched" in line
    assert "fig flip a shadow --walk" in line
    assert refused(loaded, route(stage), "  []\nfacade: {leaving: [a]}\n") == []
    assert len(refused(loaded, route(stage), "  []\nfacade: {leaving: [b]}\n")) == 1


def test_a_route_may_be_renamed(loaded: LoadedMaker) -> None:
    assert refused(loaded, route("new"), route("new", "b")) == []
    assert len(refused(loaded, route("new"), route("legacy", "b"))) == 1
    assert len(refused(loaded, route("new"), route("new", "b", "/b"))) == 1


@pytest.mark.parametrize(
    ("old", "new", "errors"),
    [("retired", "legacy", 1), ("retired", "retired", 0), ("new", "legacy", 0)],
)
def test_retired_routes_are_judged_alone(
    loaded: LoadedMaker, old: str, new: str, errors: int
) -> None:
    try:
        check_retired(loaded(route(new)), loaded(route(old)).file)
    except RouteFileError as error:
        assert errors
        assert "'a' is retired, and nothing leads back" in str(error)
    else:
        assert not errors


@pytest.mark.parametrize(
    ("old", "new", "errors"), [("new", "retired", 1), ("new", "new", 0), ("new", "canary", 0)]
)
def test_an_edit_that_drops_the_domain_does_not_retire_its_route(
    loaded: LoadedMaker, old: str, new: str, errors: int
) -> None:
    owned = route(old).replace("new: catalog", "new: catalog, domain: goods")
    owned += "domains: {goods: {owner: legacy}}\n"
    found = refused(loaded, owned, route(new))
    assert len(found) == errors
    assert all("before the cutover of its domain 'goods'" in line for line in found)


@pytest.mark.parametrize(
    ("steps", "stage"),
    [
        ([], "new"),
        ([("a", "new", "canary")], "canary"),
        ([("a", "new", "canary"), ("a", "canary", "shadow")], "shadow"),
        ([("a", "canary", "shadow"), ("a", "new", "canary")], "canary"),  # the first is an old one
        ([("b", "new", "canary")], "new"),
        ([("a", "new", "legacy"), ("a", "new", "nowhere")], "new"),
    ],
)
def test_steps_are_counted_where_they_go_on(
    loaded: LoadedMaker, steps: list[tuple[str, str, str]], stage: str
) -> None:
    (found,) = stepped(loaded(route("new")).file, steps).routes
    assert found.stage == stage


def test_a_retired_route_may_not_leave(loaded: LoadedMaker) -> None:
    (line,) = refused(loaded, route("retired"), "  []")
    assert "'a' is retired and no longer matched" in line


def test_nothing_leads_out_of_retired(loaded: LoadedMaker) -> None:
    (line,) = [
        line for line in refused(loaded, route("retired"), route("new")) if ": stage: " in line
    ]
    assert "'a' is retired, and nothing leads back" in line


def test_a_retired_route_may_be_renamed_but_not_moved(loaded: LoadedMaker) -> None:
    assert refused(loaded, route("retired"), route("retired", "b")) == []
    assert len(refused(loaded, route("retired"), route("retired", "b", "/b"))) == 1


def test_addresses_from_outside_take_the_place_of_the_files(loaded: LoadedMaker) -> None:
    file = with_addresses(loaded("  []").file, {"catalog": ("http://h:1",)})
    assert file.upstreams["catalog"].urls == ("http://h:1",)
    assert file.upstreams["catalog"].service is None
    with pytest.raises(KeyError):
        with_addresses(file, {"nowhere": ("http://h:1",)})


BEFORE = "name: a, match: GET /a, new: b, stage: %s, host: [one.test, two.test]"


@pytest.mark.parametrize(
    ("after", "good"),
    [
        ("host: [one.test, two.test, three.test]", True),
        ("", True),
        ("host: one.test", False),
        ('when: {"query:x": y}', False),
    ],
)
@pytest.mark.parametrize("stage", ["new", "retired"])
def test_another_route_has_to_take_every_host_of_one_that_leaves(after, good, stage) -> None:
    head = 'upstreams: {legacy: {url: "http://a"}, b: {url: "http://b"}}\nroutes:\n  - {'
    before = load((head + BEFORE % stage + "}\n").encode())
    text = f"{head}name: c, match: GET /a, new: b, stage: {stage}, {after}}}\n"
    if good:
        check_steps(load(text.encode()), before.file)
    else:
        with pytest.raises(RouteFileError, match="no longer matched"):
            check_steps(load(text.encode()), before.file)
