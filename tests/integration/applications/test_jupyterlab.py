"""JupyterLab: WebSockets to a kernel and a terminal, a large file in pieces, a token it checks."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.integration.applications.conftest import Seen, differences, from_pypi, serving

pytestmark = [pytest.mark.integration, pytest.mark.browser, pytest.mark.timeout(1800)]
TOKEN = "analytical-engine"
LARGE = os.urandom(3 * 1024 * 1024)  # JupyterLab sends it in pieces of 1 MiB
LINES, LINE = 2000, "ü" * 99  # what one message of the kernel holds: 400 kB
ASKS = """for n in range(3):
    print('line', n, flush=True)
name = input('who? ')
print('hello', name)
6 * 7"""
FLOWS = f"from IPython.display import Pretty\nPretty('{LINE}\\n' * {LINES})"
STAYS = "import time\nprint('started', flush=True)\nwhile True: time.sleep(0.1)"
KEPT = "'still ' + name"
FOLDERS = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
ARRIVED = """async (size) => {
    for (const until = Date.now() + 120000; Date.now() < until;) {
        const folder = await (await fetch("/api/contents")).json();
        if (folder.content.some((one) => one.size === size)) return "whole";
        await new Promise((done) => setTimeout(done, 300));
    }
    return "not whole" }"""
DIGEST = """async (path) => {
    const data = await (await fetch(path)).arrayBuffer();
    const digest = await crypto.subtle.digest("SHA-256", data);
    const bytes = [...new Uint8Array(digest)];
    return bytes.map((one) => one.toString(16).padStart(2, "0")).join(" ") }"""


def notebook(*cells: str) -> str:
    """A notebook file whose kernel is Python."""
    spec = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    made = [
        {"cell_type": "code", "id": f"cell-{number}", "metadata": {}, "outputs": [],
         "execution_count": None, "source": code}
        for number, code in enumerate(cells)
    ]  # fmt: skip
    content = {"metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(content | {"cells": made})


def opened(page: Any, origin: str) -> None:
    """Open the notebook without what the lab remembers, and wait until its kernel takes work."""
    with page.expect_websocket(lambda one: "/channels" in one.url):
        page.goto(f"{origin}/lab/tree/sums.ipynb?reset")
    page.locator(".jp-Notebook .jp-CodeCell").nth(3).wait_for()
    idle(page)


def idle(page: Any) -> None:
    """Wait for the kernel: a cell that is run before it answers stays as it is."""
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()


def start(page: Any, number: int) -> Any:
    """Run the cell of this number, and give the places of its outputs."""
    cell = page.locator(".jp-Notebook .jp-CodeCell").nth(number)
    cell.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    return cell.locator(".jp-OutputArea-output")


def in_a_terminal(page: Any, origin: str, seen: Seen) -> None:
    """Type a command, which is sent key by key, and wait for what the shell makes of it."""
    with page.expect_websocket(lambda one: "/terminals/" in one.url) as socket:
        page.locator(".jp-LauncherCard[data-category='Other']").first.click()
    page.locator(".jp-Terminal .xterm-helper-textarea").focus()
    with socket.value.expect_event("framereceived", lambda frame: "42-made" in str(frame)):
        page.keyboard.type("echo $((6*7))-made\n")
    seen.step("a terminal", "answered")


def in_a_notebook(page: Any, origin: str, seen: Seen) -> None:
    """Run cells that ask, flow and stay, save them, and open the notebook again."""
    opened(page, origin)
    outputs = start(page, 0)
    outputs.get_by_text("line 2").wait_for()  # before the cell is done: it waits for an answer
    page.fill(".jp-Stdin-input", "ada ü")
    page.keyboard.press("Enter")
    page.locator(".jp-OutputArea-executeResult").wait_for()
    page.locator(".jp-Stdin-input").wait_for(state="detached")
    seen.step("asks", "\n".join(outputs.all_inner_texts()))
    seen.step("flows", str(start(page, 1).inner_text().split("\n").count(LINE)))
    outputs = start(page, 2)
    outputs.get_by_text("started").wait_for()
    page.locator("[data-command='notebook:interrupt-kernel']").first.click()
    outputs.get_by_text("KeyboardInterrupt").first.wait_for()
    seen.step("stays", "interrupted")
    idle(page)
    with page.expect_response(
        lambda answer: answer.request.method == "PUT" and ".ipynb" in answer.url
    ) as saved:
        page.keyboard.press("Control+s")
    seen.step("saved", str(saved.value.status))
    opened(page, origin)
    seen.step("kept by the kernel", start(page, 3).inner_text())


def journey(page: Any, origin: str, seen: Seen) -> None:
    """A wrong token and the right one, a file, a terminal, a notebook that is opened again."""
    seen.step("a wrong token", str(page.goto(f"{origin}/api/contents?token=wrong").status))
    page.goto(f"{origin}/lab?token={TOKEN}&reset")
    with page.expect_file_chooser() as chosen:
        page.locator("[data-command='filebrowser:upload'], [title='Upload Files']").first.click()
    chosen.value.set_files({"name": "large ü.bin", "mimeType": "", "buffer": LARGE})
    seen.step("a large file arrives", page.evaluate(ARRIVED, len(LARGE)))
    seen.step("a large file", page.evaluate(DIGEST, "/files/large%20%C3%BC.bin"))
    in_a_terminal(page, origin, seen)
    in_a_notebook(page, origin, seen)
    nothing = "async () => `${(await fetch('/api/contents/nothing')).status}`"
    seen.step("a wrong path", page.evaluate(nothing))


@pytest.fixture
def jupyterlab(tmp_path: Path, port: Callable[[], int]) -> Any:
    """A server on a folder of its own each time it is entered."""
    programs = from_pypi("jupyterlab-4", "jupyterlab==4.*", "ipykernel")
    runs = iter(range(9))

    @contextmanager
    def application() -> Iterator[str]:
        folder, at = tmp_path / f"lab{next(runs)}", port()
        (folder / "work").mkdir(parents=True)
        (folder / "work" / "sums.ipynb").write_text(notebook(ASKS, FLOWS, STAYS, KEPT))
        options = {
            "ServerApp.ip": "127.0.0.1", "ServerApp.port": str(at), "ServerApp.port_retries": "0",
            "ServerApp.root_dir": str(folder / "work"), "ServerApp.allow_root": "True",
            "IdentityProvider.token": TOKEN,
            "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        }  # fmt: skip
        command: list[str | Path] = [programs / "jupyter-lab", "--no-browser"]
        command += [f"--{name}={value}" for name, value in options.items()]
        own = {name: str(folder / name) for name in FOLDERS} | {"HOME": str(folder)}
        # What names a program is taken from its environment: the kernel is to be its own.
        own["PATH"] = f"{programs}{os.pathsep}{os.environ['PATH']}"
        with serving(command, "/api", at, folder, **own) as origin:
            yield origin

    return application


def test_the_lab_is_the_same(jupyterlab: Any, both_ways: Any) -> None:
    direct, behind = both_ways(jupyterlab, journey)
    assert differences(direct, behind, polls=True) == []
    shown = dict(direct.steps)
    assert shown["a wrong token"] == "403"
    assert shown["a large file"].replace(" ", "") == hashlib.sha256(LARGE).hexdigest()
    said = [line.strip() for line in shown["asks"].split("\n") if line.strip()]
    assert said == ["line 0", "line 1", "line 2", "who?  ada ü", "hello ada ü", "42"]
    assert shown["flows"] == str(LINES)
    assert shown["kept by the kernel"] == "'still ada ü'"
    sockets = {"/api/events/subscribe", "/api/kernels/…/channels", "/terminals/websocket/1"}
    assert direct.sockets == sockets
