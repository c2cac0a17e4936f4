"""What is deleted with the monolith: its processes, and the settings of the others that name it."""

import pytest

from fig.stack.legacy_side import legacy_side
from fig.stack.old_side import FED, OldSide


@pytest.fixture
def side(local) -> OldSide:
    return legacy_side(local, workers=3, scale=7)


def test_its_processes_in_start_order(side):
    names = [one.name for one in side.processes]
    assert names == ["legacy-migrate", "legacy-seed", "legacy", "feed"]


def test_settings_reach_it(side):
    by_name = {one.name: one for one in side.processes}
    assert by_name["legacy-seed"].command[-2:] == ("--scale", "7")
    assert by_name["legacy"].env["LEGACY_WORKERS"] == "3"


def test_every_service_with_a_read_model_may_call_it_and_none_has_it_as_gone(side, local):
    assert set(side.services) == set(FED)
    for settings in side.services.values():
        assert settings["legacy_url"] == f"http://{local.address('legacy')}"
        assert "legacy_feed" not in settings


def test_its_database_belongs_to_its_own_role_and_others_are_named_by_their_rights(side, local):
    assert [url.partition(":")[2].partition(":")[0] for url in side.owners] == ["//legacy"]
    settings = side.databases
    assert all(url.endswith("/legacy") for url in (*side.owners, *list(settings.values())[:3]))
    assert local.secrets["reverse"] in settings["DATABASES_REVERSE"]
