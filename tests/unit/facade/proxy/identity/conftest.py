"""Keys, and a shop that introduces its customers."""

from typing import Any

import pytest

from facade.runtime.keyring import KeyFiles, ensure, in_folder
from tests.rigs.facade.workers.asking import ROUTES
from tests.rigs.facade.workers.introducing import Shop


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> KeyFiles:
    files = in_folder(tmp_path_factory.mktemp("keys"))
    ensure(files)
    return files


@pytest.fixture
def shop(make_rig: Any, keys: KeyFiles) -> Shop:
    return Shop(make_rig(ROUTES, keys), keys)
