"""What the facade's own commands get from the running stack."""

from dataclasses import dataclass

from fig.clients.passing import environment


@dataclass
class Found:
    routes: str = "/shop/routes.yaml"
    urls: dict | None = None

    def __post_init__(self) -> None:
        self.urls = {"admin": "http://127.0.0.1:8001"}


def test_the_running_stack_says_which_file_and_where():
    given = environment({"PATH": "/bin"}, Found())
    assert given == {
        "PATH": "/bin",
        "FACADE_ROUTES": "/shop/routes.yaml",
        "FACADE_ADMIN": "http://127.0.0.1:8001",
    }


def test_what_the_caller_set_comes_first():
    caller = {"FACADE_ROUTES": "/mine.yaml", "FACADE_ADMIN": "http://other:1"}
    assert environment(caller, Found()) == caller


def test_fig_routes_comes_before_the_stacks_file():
    given = environment({"FIG_ROUTES": "/fig.yaml"}, Found())
    assert given["FACADE_ROUTES"] == "/fig.yaml"


def test_with_nothing_running_the_projects_file_is_meant():
    given = environment({}, None)
    assert given["FACADE_ROUTES"].endswith("routes.yaml")
    assert "FACADE_ADMIN" not in given
