"""The settings of the seed: a database of each service that it fills, and none may be missing."""

import pytest
from pydantic import ValidationError

from new_services.seed.filling import TAKES
from new_services.seed.settings import SeedSettings


def test_it_is_configured_by_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in TAKES:
        monkeypatch.setenv(f"SEED_{name.upper()}_URL", f"postgresql://u@localhost/{name}")
    settings = SeedSettings()
    assert [settings.url(name).rpartition("/")[2] for name in TAKES] == [*TAKES]


def test_one_that_is_missing_is_named() -> None:
    with pytest.raises(ValidationError, match="accounts_url"):
        SeedSettings()
