"""A tour on a command that is a table: what it runs, in which order, and what it puts back."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fig.tour.pattern import Pattern, Step, down, gone
from fig.tour.walk import WHY, Done, Walk

SAGA = "4CPXC3SJETQ9A5R1"
ORDERED = f"201 SO-2026-000007, 5.00 EUR; side=new\nsaga {SAGA}\n"
ONE = Pattern(
    "one", "One", "Why.",
    watch=(Step("order", "201"), Step("saga SAGA", "SAGA: done")),
    broken=(down("mails", 3), gone("mails"), Step("get /ORDER --until 200", "200")),
    stages={"a": "new", "b": "new"},
    off=("sidecar off",),
)  # fmt: skip


@dataclass
class Table:
    """Answers by the beginning of the words; notes what is run and what ends."""

    at: dict[str, str]
    answers: Mapping[str, Done]
    is_frozen: bool = False
    ran: list[str] = field(default_factory=list)

    def start(self, words: str) -> "Began":
        self.ran.append(words)
        if words.startswith("flip"):
            _, routes, stage = words.split()[:3]
            share = words.split()[3] if stage == "canary" else ""
            self.at |= dict.fromkeys(routes.split(","), f"{stage} {share}".strip())
        return Began(self, words)

    def stages(self) -> Mapping[str, str]:
        return dict(self.at)

    def frozen(self) -> bool:
        return self.is_frozen


@dataclass
class Began:
    table: Table
    words: str

    def wait(self) -> Done:
        self.table.ran.append(f"end of {self.words.split()[0]}")
        known = self.table.answers
        return next((known[one] for one in known if self.words.startswith(one)), Done(0, ""))


GOOD = {
    "order": Done(0, ORDERED),
    f"saga {SAGA}": Done(0, f"place-order {SAGA}: done"),
    "restart": Done(0, "mails is ready"),
    "get /readyz": Done(0, "mails: no answer"),
    "get /SO-2026-000007": Done(0, "200"),
}


def test_all_is_shown_and_put_back() -> None:
    table = Table({"a": "canary 25", "b": "new"}, GOOD)
    seen: list[str] = []
    walk = Walk(table, lambda shown: seen.append(shown.step.line))
    steps = walk.pattern(ONE)
    assert [step.ok for step in steps] == [True] * 5
    assert [step.part for step in steps] == ["watch", "watch", "break", "break", "break"]
    assert seen[-1] == "fig restart mails --pause 3 &", "its end is awaited, after the others"
    walk.put_back()
    assert table.at == {"a": "canary 25", "b": "new"}
    commands = [words for words in table.ran if not words.startswith("end of")]
    assert commands[0] == f"freeze --why '{WHY}'"
    assert commands[1] == f"flip a new --walk --force '{WHY}'"
    assert commands[-1] == "freeze --off"
    assert "sidecar off" not in commands


def test_a_step_that_does_not_show_it_ends_the_pattern_and_what_it_left() -> None:
    table = Table({"a": "new", "b": "new"}, {**GOOD, "get /readyz": Done(1, "still there")})
    steps = Walk(table).pattern(ONE)
    assert [step.ok for step in steps] == [True, True, False, True]
    assert "get /SO-2026-000007" not in " ".join(table.ran)
    assert table.ran[-3:] == ["end of restart", "sidecar off", "end of sidecar"]


def test_what_a_pattern_itself_moves_is_put_back_where_it_fails() -> None:
    moving = Pattern(
        "m", "M", "Why.",
        watch=(Step("flip a shadow", ""), Step("get /never", "never")), broken=(),
        stages={"a": "legacy"},
    )  # fmt: skip
    table = Table({"a": "legacy"}, GOOD)
    walk = Walk(table)
    assert not walk.pattern(moving)[-1].ok
    assert table.at == {"a": "shadow"}
    walk.put_back()
    assert table.at == {"a": "legacy"}


def test_a_freeze_of_somebody_else_stays() -> None:
    table = Table({"a": "new", "b": "new"}, GOOD, is_frozen=True)
    walk = Walk(table)
    walk.pattern(ONE)
    walk.put_back()
    assert not any(words.startswith("freeze") for words in table.ran)
