"""Applications that nobody here wrote, behind a facade without routes: the same as without it.

They are installed into an environment of their own; where that is not possible the test is skipped.
"""

import http.cookiejar
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.facade.conftest import Facade
from tests.rigs.processes.ports import free_port

pytestmark = pytest.mark.integration

DJANGO = "django==5.2.*"
USER = {"DJANGO_SUPERUSER_USERNAME": "ada", "DJANGO_SUPERUSER_PASSWORD": "difference-engine-9"}
# What Django makes again with each page.
MOVING = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]+"|\d+:\d\d( [ap]\.m\.)?|127\.0\.0\.1:\d+'
)

Seen = tuple[int, str, str]  # status, address, text


class Browser:
    """Follows redirects, keeps cookies, sends forms with their hidden token."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(jar)
        self._token = ""
        self.seen: list[Seen] = []

    def get(self, path: str) -> str:
        return self._open(urllib.request.Request(self._origin + path))

    def post(self, path: str, **fields: str) -> str:
        data = urllib.parse.urlencode(fields | {"csrfmiddlewaretoken": self._token}).encode()
        headers = {"Referer": self._origin + path, "Origin": self._origin}
        return self._open(urllib.request.Request(self._origin + path, data, headers))

    def _open(self, request: urllib.request.Request) -> str:
        try:
            with self._opener.open(request, timeout=60) as answer:
                status, address, text = answer.status, answer.url, answer.read().decode()
        except urllib.error.HTTPError as error:
            status, address, text = error.code, error.url, error.read().decode()
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)
        self._token = found[1] if found else self._token
        self.seen.append((status, address.removeprefix(self._origin), MOVING.sub("", text)))
        return text


def run(*command: str | Path, folder: Path) -> None:
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=os.environ | USER | {"DJANGO_SUPERUSER_EMAIL": "ada@shop.test"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"{command[0]} failed: {done.stderr.strip()[-300:]}")


@pytest.fixture(scope="module")
def django(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The origin and database of a Django project as `startproject` makes it, with its admin."""
    folder = tmp_path_factory.mktemp("django")
    python = folder / "venv" / "bin" / "python"
    beside = Path(sys.executable).with_name("uv")  # where the project's own environment has it
    if uv := shutil.which("uv") or shutil.which(beside):
        run(uv, "venv", "--quiet", "--python", sys.executable, folder / "venv", folder=folder)
        run(uv, "pip", "install", "--quiet", "--python", python, DJANGO, folder=folder)
    else:
        run(sys.executable, "-m", "venv", folder / "venv", folder=folder)
        run(python, "-m", "pip", "install", "--quiet", DJANGO, folder=folder)
    run(python, "-m", "django", "startproject", "site_", folder, folder=folder)
    run(python, "manage.py", "migrate", folder=folder)
    run(python, "manage.py", "createsuperuser", "--noinput", folder=folder)
    port = free_port()
    command = [str(python), "manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"]
    server = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        origin = f"http://127.0.0.1:{port}"
        _await(origin)
        yield origin, folder / "db.sqlite3"
    finally:
        server.kill()
        server.wait()


def _await(origin: str) -> None:
    deadline = time.monotonic() + 120
    while True:
        try:
            urllib.request.urlopen(origin + "/admin/login/", timeout=20).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def journey(origin: str) -> list[Seen]:
    """Sign in to the admin, add a user, look for it, fail once, sign out."""
    browser = Browser(origin)
    browser.get("/admin")
    browser.post("/admin/login/?next=/admin/", username="ada", password="wrong")
    signed_in = browser.post(
        "/admin/login/?next=/admin/", username="ada", password=USER["DJANGO_SUPERUSER_PASSWORD"]
    )
    assert "Site administration" in signed_in
    browser.get("/admin/auth/user/add/")
    secret = {"password1": "analytical-1", "password2": "analytical-1"}
    browser.post("/admin/auth/user/add/", username="charles ü", **secret)
    browser.post("/admin/auth/user/add/", username="charles", usable_password="true", **secret)
    assert "charles" in browser.get("/admin/auth/user/?q=charles&o=1.-2")
    browser.get("/admin/auth/user/999/change/")
    browser.get("/static/admin/css/base.css")
    browser.get("/nothing/here?a=1&b=%20")
    browser.post("/admin/logout/")
    browser.get("/admin/auth/user/")
    return browser.seen


def test_djangos_admin(start: Callable[..., Facade], django: tuple[str, Path]) -> None:
    origin, database = django
    before = database.read_bytes()
    direct = journey(origin)
    database.write_bytes(before)
    facade = start(f'upstreams: {{legacy: {{url: "{origin}"}}}}\nroutes: []\n')
    behind = journey(f"http://127.0.0.1:{facade.port}")
    assert [one[:2] for one in behind] == [one[:2] for one in direct]
    for one, other in zip(direct, behind, strict=True):
        if not one[1].endswith("/change/"):  # shows a part of the password's random salt
            assert one[2] == other[2], one[1]
