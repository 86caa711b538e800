"""A simulation is worth what it finds: each planted mistake must break a promise, and be named."""

from pathlib import Path

import pytest

from tests.simulation.batch import first_broken
from tests.simulation.history import make_template
from tests.simulation.planted import PLANTED
from tests.simulation.planted.plant import SEEDS


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("planted") / "template.db"
    make_template(path)
    return path


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_is_found(name: str, template: Path):
    with pytest.MonkeyPatch.context() as patch:
        PLANTED[name](patch)
        found = first_broken(SEEDS, template)
    assert found, f"{name}: {len(SEEDS)} histories, and none broke"
