"""The domains of the shop's route file, and the services behind them."""

from pathlib import Path

import pytest

from contracts.cutover import OWNING
from fig.clients.access import READ_MODELS
from fig.clients.services import WITH_SAGAS
from fig.cutover.domains import BOOKS, DOMAINS, parts_of
from fig.errors import BadSetting

SHOP = Path(__file__).parents[4] / "routes.yaml"


def test_every_domain_has_its_services() -> None:
    assert DOMAINS.keys() == OWNING.keys()
    for name, parts in DOMAINS.items():
        assert parts.owning == OWNING[name]
        assert set(parts.verified) <= {*READ_MODELS, BOOKS}
        assert set(parts.sagas) <= set(WITH_SAGAS)
        assert f"  {name}: {{owner: legacy}}" in SHOP.read_text()


def test_another_one_is_named() -> None:
    with pytest.raises(BadSetting, match="unknown domain 'gods' \\(expected one of goods"):
        parts_of("gods")
