"""What is depended on is declared, locked and explained, in all places alike."""

import re
from configparser import ConfigParser
from pathlib import Path

import pytest

HERE = Path(__file__).parents[2]
BUILDERS = {"setuptools", "wheel"}


def names(text: str) -> set[str]:
    """The packages that lines of requirements name, spelt as package tools compare them."""
    found = re.findall(r"^([A-Za-z0-9][\w.-]*)", text, re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", name).lower() for name in found}


def read(name: str) -> str:
    return (HERE / name).read_text()


def explained(section: str) -> set[str]:
    part = read("docs/dependencies.md").split(f"## {section}")[1].split("\n## ")[0]
    return names("\n".join(re.findall(r"^\| ([\w.-]+)", part, re.MULTILINE))) - {"package"}


def test_what_the_package_needs_is_what_is_locked_to_run():
    setup = ConfigParser()
    setup.read(HERE / "setup.cfg")
    needed = names(setup["options"]["install_requires"].replace("\n ", "\n").strip())
    assert needed | BUILDERS == names(read("requirements.in"))


@pytest.mark.parametrize(
    ("file", "section"),
    [
        ("requirements.in", "What runs"),
        ("requirements-dev.in", "What tests and checks need besides"),
    ],
)
def test_each_dependency_is_explained(file, section):
    assert explained(section) == names(read(file))


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_each_asked_for_is_locked_at_the_version_asked_for(name):
    asked = {line.lower() for line in read(f"{name}.in").splitlines() if "==" in line}
    locked = read(f"{name}.lock").lower()
    for line in asked:
        without_extras = re.sub(r"\[.*\]", "", line)
        assert f"\n{without_extras} \\\n" in locked


def test_tests_run_on_the_versions_that_run_in_production():
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^\S+==\S+", read(name), re.MULTILINE))

    assert pins("requirements.lock") <= pins("requirements-dev.lock")


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_each_locked_version_has_its_hashes(name):
    for entry in re.split(r"\n(?=\S+==)", read(name))[1:]:
        assert "--hash=sha256:" in entry


def test_no_file_of_requirements_says_where_packages_come_from():
    for path in HERE.glob("requirements*"):
        options = re.findall(r"^--\S+", path.read_text(), re.MULTILINE)
        assert options == []
        assert "://" not in path.read_text()
