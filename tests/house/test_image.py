"""The image, built by the Dockerfile's own steps where no engine runs."""

import shutil
import signal
import socket
import subprocess
import sysconfig
import time
from pathlib import Path

import pytest
import yaml

from tests.image import Image, Instruction, StepFailed, parse

HERE = Path(__file__).parents[2]
PACKAGES = ("missing_service", "adapters", "workers")
LOCK = "requirements.lock"

pytestmark = pytest.mark.slow


def instructions() -> list[Instruction]:
    return parse((HERE / "Dockerfile").read_text())


def last(name: str) -> Instruction:
    return [each for each in instructions() if each.name == name][-1]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """The whole image: every locked package installed, with its hash checked."""
    built = Image(HERE, tmp_path_factory.mktemp("image"))
    built.build(instructions())
    return built


def build_without(copied: str, root: Path) -> Image:
    """An image whose Dockerfile forgot one COPY; the lock's packages are lent by these tests."""
    image = Image(HERE, root, lent=Path(sysconfig.get_path("purelib")))
    steps = [each for each in instructions() if (each.name, copied) != named(each)]
    image.build(steps, skip="" if copied == LOCK else LOCK)
    return image


def named(step: Instruction) -> tuple[str, str]:
    return step.name, step.words.split()[0]


def files_of(folder: Path) -> set[str]:
    found = (path for name in PACKAGES for path in (folder / name).rglob("*"))
    files = (path.relative_to(folder) for path in found if path.is_file())
    return {str(path) for path in files if "__pycache__" not in path.parts}


def test_every_file_of_the_packages_is_installed(image):
    assert files_of(HERE) - files_of(image.site_packages) == set()


def test_what_is_installed_fits_together(image):
    assert "No broken requirements" in image.run("python", "-m", "pip", "check")


def test_the_image_keeps_no_second_copy_of_the_code(image):
    assert files_of(image.here) == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_an_image_without_one_of_the_packages_is_noticed(package, tmp_path):
    image = build_without(package, tmp_path)
    left_out = files_of(HERE) - files_of(image.site_packages)
    assert {name.split("/")[0] for name in left_out} == {package}


def test_an_image_without_the_lock_is_not_built(tmp_path):
    with pytest.raises(StepFailed, match=LOCK):
        build_without(LOCK, tmp_path)


def test_a_file_kept_from_the_engine_cannot_be_copied(tmp_path):
    context = tmp_path / "context"
    context.mkdir()
    shutil.copy(HERE / "Dockerfile", context)
    (context / ".dockerignore").write_text("*\n")
    (context / LOCK).touch()
    with pytest.raises(StepFailed, match="no such file"):
        Image(context, tmp_path / "root").build(
            [last("WORKDIR"), Instruction("COPY", f"{LOCK} ./")]
        )


def test_the_image_runs_as_a_user_of_its_own():
    user = last("USER").words
    made = [each.words for each in instructions() if each.words.startswith("useradd")]
    assert made
    assert made[0].split()[-1] == user
    assert "--uid 10001" in made[0]


def test_the_image_serves_and_its_health_check_agrees(image, postgres_url):
    port = free_port()
    image.environment |= {"MISSING_ENV": "development", "MISSING_DATABASE_URL": postgres_url}
    image.run("missing-service", "migrate")
    served = [word.replace("8000", port) for word in last("CMD").argv()]
    served[0] = shutil.which(served[0], path=image.variables()["PATH"]) or served[0]
    check = [word.replace("8000", port) for word in last("HEALTHCHECK").argv()]
    with subprocess.Popen(served, cwd=image.here, env=image.variables()) as child:
        try:
            assert healthy(image, check)
        finally:
            child.send_signal(signal.SIGTERM)
    assert child.returncode == 0


def healthy(image: Image, check: list[str], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            image.run(*check)
        except StepFailed:
            time.sleep(0.3)
        else:
            return True
    return False


def free_port() -> str:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return str(listener.getsockname()[1])


def test_the_schema_is_migrated_before_web_and_workers_start():
    services = yaml.safe_load((HERE / "compose.yaml").read_text())["services"]
    assert services["migrate"]["command"] == ["missing-service", "migrate"]
    for name in ("web", "work"):
        needs = services[name]["depends_on"]["migrate"]["condition"]
        assert needs == "service_completed_successfully"
