"""The owner in the route file, by the facade's own command in a process of its own."""

from pathlib import Path

import pytest

from fig.cutover.routefile import RouteFile
from fig.errors import BadSetting, FigError

FILE = """\
upstreams: {legacy: {url: 'http://h:1'}, shop: {service: shop}}
domains: {goods: {owner: legacy}}
routes:
  - {name: save, match: "POST /goods", new: shop, stage: new, domain: goods}
"""


def test_it_is_read_and_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "routes.yaml"
    path.write_text(FILE)
    monkeypatch.setenv("FIG_ROUTES", str(path))
    file = RouteFile(None)
    assert file.of("goods").says == ("legacy", "open")
    file.write("goods", "moving")
    there = file.of("goods")
    assert (there.says, there.routes[0]["name"]) == (("moving", "open"), "save")
    with pytest.raises(BadSetting, match="did you mean 'goods'"):
        file.of("godos")
    file.write("goods", "legacy")
    with pytest.raises(FigError, match="cannot go from legacy to new by an edit"):
        file.write("goods", "new")
