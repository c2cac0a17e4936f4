"""How the program ends, and what it says."""

import pytest

from new_services.seed import __main__ as program
from new_services.seed.filling import TAKES


@pytest.fixture(autouse=True)
def configured(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in TAKES:
        monkeypatch.setenv(f"SEED_{name.upper()}_URL", f"postgresql://u@localhost/{name}")


@pytest.mark.parametrize(
    ("filled", "said"),
    [(["catalog", "sales"], "seed: catalog, sales\n"), ([], "seed: every database holds a shop")],
)
def test_it_says_what_it_filled(monkeypatch, capsys, filled: list[str], said: str) -> None:
    async def fill(_: object) -> list[str]:
        return filled

    monkeypatch.setattr(program, "fill", fill)
    program.main()
    assert capsys.readouterr().out.startswith(said)


def test_a_database_that_is_away_is_named(monkeypatch, capsys) -> None:
    async def fill(_: object) -> list[str]:
        raise ConnectionRefusedError("nobody listens")

    monkeypatch.setattr(program, "fill", fill)
    with pytest.raises(SystemExit) as end:
        program.main()
    assert end.value.code == 1
    assert "seed: nobody listens" in capsys.readouterr().err
