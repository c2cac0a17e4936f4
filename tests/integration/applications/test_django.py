"""Django's admin: forms with tokens, messages, scripts that fill widgets."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.integration.applications.conftest import Seen, differences, from_pypi, run, serving

pytestmark = [pytest.mark.integration, pytest.mark.browser, pytest.mark.timeout(900)]
PASSWORD = "difference-engine-9"
OWNER = {
    "DJANGO_SUPERUSER_USERNAME": "ada",
    "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
    "DJANGO_SUPERUSER_EMAIL": "ada@shop.test",
}
TIMES = re.compile(r"\d+:\d\d(:\d\d)?( [ap]\.m\.)?|\d+\xa0minutes?|\w+ \d+, \d{4},?")


def shown(page: Any) -> str:
    return TIMES.sub("…", page.inner_text("body"))


def submit(page: Any, button: str) -> None:
    """Press it, and wait for the page that comes."""
    with page.expect_navigation():
        page.click(button)


def journey(page: Any, origin: str, seen: Seen) -> None:
    """Fail to sign in, sign in, add a group and a user, find and delete him, sign out."""
    page.goto(f"{origin}/admin")
    for password in ("wrong", PASSWORD):
        page.fill("#id_username", "ada")
        page.fill("#id_password", password)
        submit(page, "[type=submit]")
        seen.step(f"sign in: {password}", shown(page))
    page.goto(f"{origin}/admin/auth/group/add/")
    page.fill("#id_name", "mechanics ü")
    page.fill("#id_permissions_input", "add user")
    page.click("#id_permissions_add_all" if page.query_selector("#id_permissions_add_all")
               else ".selector-chooseall")  # fmt: skip
    submit(page, "[name=_save]")
    seen.step("a group", shown(page))
    page.goto(f"{origin}/admin/auth/user/add/")
    page.fill("#id_username", "charles ü")
    submit(page, "[name=_save]")
    seen.step("a name that is refused", shown(page))
    page.fill("#id_username", "charles")
    page.fill("#id_password1", "analytical-1")
    page.fill("#id_password2", "analytical-1")
    submit(page, "[name=_save]")
    assert page.url.endswith("/change/")
    page.goto(f"{origin}/admin/auth/user/?o=1.-2")
    page.fill("#searchbar", "charles")
    page.press("#searchbar", "Enter")
    page.wait_for_url("**q=charles**")
    seen.step("found", shown(page))
    page.check("input.action-select")
    page.select_option("select[name=action]", "delete_selected")
    submit(page, "[name=index]")
    seen.step("really?", shown(page))
    submit(page, "[type=submit] >> nth=-1")
    seen.step("gone", shown(page))
    page.goto(f"{origin}/admin/auth/user/999/change/")
    seen.step("nobody", shown(page))
    submit(page, "#logout-form button")
    seen.step("signed out", shown(page))


@pytest.fixture
def django(tmp_path: Path, port: Callable[[], int]) -> Any:
    """A project as `startproject` makes it, on fresh data each time it is entered."""
    python = from_pypi("django-5.2", "django==5.2.*") / "python"
    folder = tmp_path / "made"
    folder.mkdir()
    run(python, "-m", "django", "startproject", "site_", folder, folder=folder)
    run(python, "manage.py", "migrate", folder=folder)
    run(python, "manage.py", "createsuperuser", "--noinput", folder=folder, **OWNER)
    runs = iter(range(9))

    @contextmanager
    def application() -> Iterator[str]:
        copy, at = tmp_path / f"site{next(runs)}", port()
        shutil.copytree(folder, copy)
        command = [python, "manage.py", "runserver", "--noreload", f"127.0.0.1:{at}"]
        with serving(command, "/admin/login/", at, copy) as origin:
            yield origin

    return application


def test_the_admin_is_the_same(django: Any, both_ways: Any) -> None:
    direct, behind = both_ways(django, journey)
    assert len(direct.steps) == 9
    assert differences(direct, behind) == []
