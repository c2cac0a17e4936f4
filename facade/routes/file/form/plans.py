"""The entries under `plans`, and the section `facade.hooks`."""

from urllib.parse import urlsplit

from facade.routes.config.walkfile import STEP_NEW, Hooks, Plan
from facade.routes.file.kinds.quantities import Duration, Share, Whole
from facade.routes.file.kinds.structures import Field, ListOf, Record
from facade.routes.file.kinds.values import JsonSchema, Scalar, Text, Wrong


class StepText(Scalar[int]):
    """A percentage in canary, or `new`."""

    blank = 0

    def parse(self, text: str) -> int:
        return STEP_NEW if text == "new" else Share().parse(text)

    def schema(self) -> JsonSchema:
        return {"anyOf": [{"const": "new"}, Share().schema()]}


class HookUrl(Scalar[str]):
    """An address with a path, called by POST."""

    blank = "http://localhost/"

    def parse(self, text: str) -> str:
        parts = urlsplit(text)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Wrong(f"expected an address such as https://chat.example.org/hook, not '{text}'")
        return text

    def schema(self) -> JsonSchema:
        return {"type": "string", "pattern": "^https?://.+$"}


PLAN = Record(
    Plan,
    {
        "steps": Field(
            ListOf(Share(), 1), "Percentages in canary, in order.", shown=[1, 5, 25, 50, 100]
        ),
        "time": Field(Duration(), "Least time at each step.", shown="60s"),
        "pairs": Field(Whole(0), "Least pairs compared at each step.", shown=300),
        "bound": Field(
            Share(), "Surely no more of the pairs differ, before each step.", shown="1%"
        ),
        "approve": Field(
            ListOf(StepText()), "Steps that wait for `fig approve`: percentages, or new.", shown=[]
        ),
    },
)

HOOKS = Record(
    Hooks,
    {
        "command": Field(
            ListOf(Text("a word of the command", r".+"), 1),
            "Run before and after each step, at a move back and at the end.",
        ),
        "webhook": Field(HookUrl(), "Called with the same by POST, as JSON."),
        "timeout": Field(Duration(), "Longest time of a command or a POST.", shown="10s"),
    },
)
