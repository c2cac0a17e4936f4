"""TiddlyWiki on Node: one large page, and a script that saves each edit with its ETag."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.integration.applications.conftest import Seen, differences, from_npm, run, serving

pytestmark = [pytest.mark.integration, pytest.mark.browser, pytest.mark.timeout(900)]
TITLE = "A note ü / with ? and #"


def journey(page: Any, origin: str, seen: Seen) -> None:
    """Write a note, find it after loading the page again, delete it."""
    page.goto(origin)
    page.wait_for_selector(".tc-site-title")
    seen.step("opened", page.inner_text(".tc-site-title"))
    page.click("button[title='Create a new tiddler']")
    page.fill("input.tc-titlebar", TITLE)
    page.frame_locator("iframe.tc-edit-texteditor").locator("textarea").fill("''bold'' and plain")
    with page.expect_response(lambda answer: "/tiddlers/A%20note" in answer.url) as saved:
        page.click("button[title='Confirm changes to this tiddler']")
    seen.step("saved", f"{saved.value.request.method} {saved.value.status}")
    page.reload()
    page.fill("input[type=search]", "A note")
    found = page.locator(".tc-search-results a", has_text=TITLE).first
    seen.step("found", found.inner_text())
    found.click()
    frame = page.locator(f"[data-tiddler-title='{TITLE}']")
    seen.step("shown", frame.locator(".tc-tiddler-body").inner_html())
    seen.step("kept", page.evaluate(
        "async () => { const all = await (await fetch('/recipes/default/tiddlers.json')).json();"
        " return all.map((one) => one.title).filter((one) => one.startsWith('A note')).join() }"
    ))  # fmt: skip
    page.on("dialog", lambda dialog: dialog.accept())
    frame.hover()
    frame.locator("button[title='Edit this tiddler']").click()
    with page.expect_response(lambda answer: answer.request.method == "DELETE") as deleted:
        page.click("button[title='Delete this tiddler']")
    seen.step("deleted", str(deleted.value.status))


@pytest.fixture
def tiddlywiki(tmp_path: Path, port: Callable[[], int]) -> Any:
    """An empty wiki each time it is entered."""
    program = from_npm("tiddlywiki-5.3", "tiddlywiki@5.3.8") / "tiddlywiki" / "tiddlywiki.js"
    runs = iter(range(9))

    @contextmanager
    def application() -> Iterator[str]:
        folder, at = tmp_path / f"wiki{next(runs)}", port()
        folder.mkdir()
        run("node", program, "wiki", "--init", "server", folder=folder)
        command = ["node", program, "wiki", "--listen", f"port={at}", "host=127.0.0.1"]
        command += ["gzip=yes", "use-browser-cache=yes"]
        with serving(command, "/status", at, folder) as origin:
            yield origin

    return application


def test_the_wiki_is_the_same(tiddlywiki: Any, both_ways: Any) -> None:
    direct, behind = both_ways(tiddlywiki, journey)
    assert dict(direct.steps)["kept"] == TITLE
    assert differences(direct, behind, polls=True) == []
