"""`fig undo`: the last move of a route is taken back, step by step, if that leads toward legacy."""

from collections.abc import Callable

from facade.control.guarding.moving import Mover
from facade.control.guarding.record import Intent, Record
from facade.control.surroundings.tables import Tables
from facade.guard.plan import NoWay
from facade.guard.position import Position, parse
from facade.guard.retreat import next_edit
from facade.journal.entry import Event, Kept
from facade.journal.folder import Journal, read

_MOST_STEPS = 4


class Undo:
    """Takes moves back on a person's word."""

    def __init__(
        self, record: Record, tables: Tables, mover: Mover, journal: Journal,
        save: Callable[[], None],
    ) -> None:  # fmt: skip
        self._record, self._tables, self._mover = record, tables, mover
        self._journal, self._save = journal, save

    def last(self, route: str | None) -> tuple[Kept, ...]:
        """The last move, of a route or of any, with those of the same edit. Raises NoWay."""
        moves = [
            one for one in read(self._journal.folder)
            if one.entry.event is Event.MOVE and one.entry.before and one.entry.after
        ]  # fmt: skip
        of_route = [one for one in moves if route in (None, one.entry.route)]
        if not of_route:
            raise NoWay(f"the journal knows no move{f' of {route}' if route else ''} to take back")
        last = of_route[-1].entry
        return tuple(
            one for one in moves
            if one.entry.table == last.table and one.entry.before == last.before
            and one.entry.after == last.after
        )  # fmt: skip

    async def take_back(self, route: str | None, word: Intent) -> dict[str, str]:
        """Move back what the last move moved; where each route then stands.

        `word` says who and why. Raises NoWay, NotMoved.
        """
        self._mover.enter_moves()  # the last one may be younger than the last look
        goals = self._goals(self.last(route))
        word.why = word.why or "taken back"
        for _ in range(_MOST_STEPS):
            flips = next_edit(self._tables.routes(), goals)
            if not flips:
                break
            routes = {one.route: str(Position(one.stage, one.percent)) for one in flips}
            self._record.intents.append(
                Intent(routes, word.who, "person", word.why, word.source, word.at)
            )
            self._save()
            await self._mover.edit(flips)
        return {name: str(goal) for name, goal in goals.items()}

    def _goals(self, moves: tuple[Kept, ...]) -> dict[str, Position]:
        there = {r.name: str(Position(r.stage, r.percent)) for r in self._tables.routes()}
        goals: dict[str, Position] = {}
        for one in moves:
            entry = one.entry
            if there.get(entry.route) != entry.after:
                raise NoWay(
                    f"{entry.route} has moved on since: it stands at {there.get(entry.route)}"
                )
            if parse(entry.before).rank > parse(entry.after).rank:
                raise NoWay(
                    f"the last move of {entry.route} led back ({entry.before} → {entry.after});"
                    " forward again is for fig flip or fig migrate"
                )
            goals[entry.route] = parse(entry.before)
        return goals
