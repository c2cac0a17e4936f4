"""The reporter: from the workers' counters and the table in force to words."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from facade.control.reporting.reporter import Reporter
from facade.control.surroundings.tables import Tables

TABLE = b'upstreams: {legacy: {url: "http://a.test:1"}}\nroutes: []\n'


def test_it_speaks_of_the_upstreams_of_the_table(
    workers: Any, tmp_path: Path, said: Callable[[], list[str]]
) -> None:
    tables = Tables(tmp_path, {})
    reporter = Reporter(workers.fleet, tables)
    workers.upstream(0, breaker="open", a=False)
    reporter.look(1.0)
    assert said() == []  # no table, no upstreams
    tables.take(TABLE)
    workers.fell_back(1, 0)
    reporter.look(2.0)
    assert [one.split(" ")[0] for one in said()] == ["upstream", "the"]
    workers.fell_back(1, 4)
    workers.upstream(0, a=True)
    reporter.look(3.0)
    fallback, *others = sorted(said())
    assert fallback == "product: legacy answers in place of the new side: it failed"
    assert others == [
        "the breaker of legacy for reads is closed again after 1 s",
        "upstream legacy, http://a.test:1, is back after 1 s",
    ]
