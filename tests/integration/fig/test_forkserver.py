"""Processes that the fork server starts, and what happens where it cannot."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chassis.process import lifetime
from fig.supervise.children import Child, LocalLauncher
from fig.supervise.process import Process
from fig.supervise.standing import ending

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux hands children over"),
]
SECONDS = 60.0
# Says who it is, then waits for a signal; `code` ends it at once.
MODULE = """
import json, os, signal, sys, time
print(json.dumps({
    "parent": os.getppid(), "session": os.getsid(0), "group": os.getpgid(0),
    "arguments": sys.argv[1:],
    "name": __name__, "environment": dict(os.environ), "folder": os.getcwd(),
    "files": sorted(int(name) for name in os.listdir("/proc/self/fd") if int(name) > 2),
    "held": "fastapi" in sys.modules, "ours": sorted(n for n in sys.modules if n.startswith("fig")),
    "text": TEXT,
}))
if sys.argv[1] == "code":
    sys.exit(7)
signal.pause()
"""


class Rig:
    """A launcher, and what its processes say."""

    def __init__(self, folder: Path) -> None:
        self.module = folder / "said_once.py"
        self.module.write_text(MODULE.replace("TEXT", "'first'"))
        self.said: asyncio.Queue[str] = asyncio.Queue()
        self.children: list[Child] = []
        self.launcher = LocalLauncher(
            folder, folder, lambda _name, line: self.said.put_nowait(line)
        )
        self.launcher._environment["PYTHONPATH"] = str(Path(__file__).parents[3])

    def process(self, *arguments: str) -> Process:
        command = (sys.executable, "-m", "said_once", *arguments)
        return Process("said", command, env={"SAID_MORE": "x"}, forked=True)

    async def launch(self, *arguments: str, **extra: str) -> tuple[Child, dict]:
        child = await self.launcher.launch(self.process(*arguments), extra)
        self.children.append(child)
        return child, json.loads(await asyncio.wait_for(self.said.get(), SECONDS))


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    made = Rig(tmp_path)
    made.launcher.prepare([made.process()])
    yield made
    for child in made.children:
        child.sweep()
        await child.wait()
    await made.launcher.close()


def server(rig: Rig) -> int:
    forks = rig.launcher._forks
    assert forks is not None and forks._server is not None
    return forks._server.pid


def _command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0")


async def test_a_fork_is_like_a_command_of_its_own(rig: Rig, tmp_path: Path) -> None:
    child, said = await rig.launch("wait", "two words", FIG_LOG="json")
    assert said["held"], "the libraries are there before it imports any"
    assert said["parent"] == os.getpid()
    assert said["session"] == said["group"] == child.pid
    assert said["arguments"] == ["wait", "two words"]
    assert (said["name"], said["folder"]) == ("__main__", str(tmp_path))
    assert said["environment"]["SAID_MORE"] == "x"
    assert said["environment"]["FIG_LOG"] == "json"
    assert not [name for name in said["environment"] if "ROOM" in name]
    assert len(said["files"]) == 1, "none but that of the folder it lists"
    assert said["ours"] == []
    shown = _command(child.pid).split(b"\0")
    assert shown[1:] == [b"-m", b"said_once", b"wait", b"two words"]


async def test_forks_end_change_and_come_several_at_once(rig: Rig) -> None:
    child, _ = await rig.launch("code")
    assert await asyncio.wait_for(child.wait(), SECONDS) == 7
    child.send(signal.SIGTERM)  # to nobody
    children = await asyncio.gather(*(rig.launch("wait", str(number)) for number in range(4)))
    assert len({child.pid for child, _ in children}) == 4
    assert {said["arguments"][1] for _, said in children} == {"0", "1", "2", "3"}
    other = children[0][0]
    other.send(signal.SIGTERM)
    assert ending(await asyncio.wait_for(other.wait(), SECONDS)) == "was ended by SIGTERM"
    rig.module.write_text(MODULE.replace("TEXT", "'second one'"))
    _, said = await rig.launch("code")
    assert said["text"] == "second one", "our own code is read when a process starts"
    _, said = await rig.launch("code", PYTHONHASHSEED="1")
    assert not said["held"], "a setting of the interpreter needs a command of its own"


async def test_without_the_server_processes_start_all_the_same(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    alive, _ = await rig.launch("wait")
    for how in (signal.SIGKILL, signal.SIGSTOP):
        before = server(rig)
        os.kill(before, how)
        with monkeypatch.context() as patch:
            patch.setattr("fig.supervise.forkserver.client.PATIENCE", 0.5)
            _, said = await rig.launch("wait")
        assert not said["held"], "it was started by its command"
        assert lifetime.started(alive.pid), "what it has forked lives on"
        assert not lifetime.started(before)
        _, said = await rig.launch("wait")
        assert said["held"], "another server was started"


async def test_another_set_of_libraries_has_another_server(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = server(rig)
    monkeypatch.setattr("fig.supervise.forkserver.libraries.installed", lambda: (("new", 1),))
    _, said = await rig.launch("code")
    assert said["held"]
    second = server(rig)
    assert second != first and not lifetime.started(first)
    rig.launcher._forks.close()
    assert not lifetime.started(second)
