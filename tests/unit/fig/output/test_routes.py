"""What `fig status` prints of the routes."""

from typing import Any

from fig.output import routes

FACADE: dict[str, Any] = {
    "version": "abc",
    "file": "routes.yaml",
    "reload": {"ok": True, "errors": []},
    "routes": [],
    "unmatched": {"requests": 0, "rate": 0.0, "failures": {}, "shapes": []},
    "moves": None,
}


def test_it_shows_the_owners_of_the_domains() -> None:
    assert "owners" not in routes.text(FACADE, every=False)
    goods = {"owner": "new", "window": "open"}
    facade = FACADE | {"domains": {"goods": goods, "orders": {"owner": "legacy", "window": None}}}
    assert "owners: goods new (window open), orders legacy\n" in routes.text(facade, every=False)


def test_it_says_who_says_who_is_asking() -> None:
    assert "identity of clients" not in routes.text(FACADE, every=False)
    facade = FACADE | {"identity": {"ask": "/api/me", "upstream": "accounts", "counts": {}}}
    text = routes.text(facade, every=False)
    assert "identity of clients: from accounts (GET /api/me)\n" in text


def test_it_says_which_build_of_the_data_plane_runs() -> None:
    def said(*builds: str | None) -> str:
        facade = FACADE | {"workers": [{"build": build} for build in builds]}
        lines = routes.text(facade, every=False).splitlines()
        return next((line for line in lines if "data plane" in line), "")

    assert said("compiled", "compiled") == "the workers run the data plane compiled"
    assert said("python") == "the workers run the data plane as Python"
    assert said("python", "compiled") == "the workers run the data plane compiled and as Python"
    assert said() == said(None) == ""
