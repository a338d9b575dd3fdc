"""Environment files: what the model's own code needs, pinned."""

from __future__ import annotations

import logging
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml

from cuvee.errors import InvalidParameter
from cuvee.models.environment import (
    modules_of_code,
    modules_of_object,
    pinned,
    warn_of_differences,
    write_environment,
)

NUMPY = f"numpy=={metadata.version('numpy')}"
YAML = f"PyYAML=={metadata.version('PyYAML')}"


def test_modules_become_pinned_distributions() -> None:
    found = pinned(["numpy", "not-installed"], ["yaml.loader", "os.path", "__main__", "nowhere"])
    assert [line.lower() for line in found] == [NUMPY.lower(), YAML.lower()]


def test_the_three_files_agree(tmp_path: Path) -> None:
    write_environment(tmp_path, ["numpy"], modules=["yaml"])
    lines = (tmp_path / "requirements.txt").read_text().splitlines()
    assert lines[0] == NUMPY
    conda = yaml.safe_load((tmp_path / "conda.yaml").read_text())
    version = ".".join(map(str, sys.version_info[:3]))
    assert conda["dependencies"][0] == f"python={version}"
    assert conda["dependencies"][2] == {"pip": lines}
    python = yaml.safe_load((tmp_path / "python_env.yaml").read_text())
    assert python["python"] == version
    assert python["dependencies"] == ["-r requirements.txt"]


def test_no_platform_is_required(tmp_path: Path) -> None:
    write_environment(tmp_path, ["numpy"])
    text = (tmp_path / "requirements.txt").read_text()
    assert "mlflow" not in text
    assert "cuvee" not in text


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"pip_requirements": ["a==1", "# note", ""]}, ["a==1"]),
        ({"extra_pip_requirements": ["a==1"]}, [NUMPY, "a==1"]),
        ({"extra_pip_requirements": ["numpy>=1"]}, ["numpy>=1"]),
        ({"conda_env": {"dependencies": ["python", {"pip": ["b==2"]}]}}, ["b==2"]),
    ],
)
def test_what_the_user_asks_for_is_honoured(
    tmp_path: Path, arguments: dict[str, Any], expected: list[str]
) -> None:
    write_environment(tmp_path, ["numpy"], **arguments)
    assert (tmp_path / "requirements.txt").read_text().splitlines() == expected


def test_requirements_and_environments_come_from_files(tmp_path: Path) -> None:
    given = tmp_path / "given.txt"
    given.write_text("a==1\n# note\nb==2\n")
    write_environment(tmp_path, [], pip_requirements=str(given))
    assert (tmp_path / "requirements.txt").read_text() == "a==1\nb==2\n"
    conda = tmp_path / "given.yaml"
    conda.write_text("dependencies: [{pip: [c==3]}]")
    write_environment(tmp_path, [], conda_env=str(conda))
    assert (tmp_path / "requirements.txt").read_text() == "c==3\n"


@pytest.mark.parametrize(
    "arguments",
    [
        {"pip_requirements": ["a"], "extra_pip_requirements": ["b"]},
        {"pip_requirements": "missing.txt"},
        {"conda_env": "missing.yaml"},
    ],
)
def test_arguments_that_cannot_be_met_are_refused(
    tmp_path: Path, arguments: dict[str, Any]
) -> None:
    with pytest.raises(InvalidParameter):
        write_environment(tmp_path, [], **arguments)


def test_imports_are_found_in_files_and_functions(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import x.y\nfrom z import w\nfrom . import here\n")
    (tmp_path / "broken.py").write_text("import (")
    assert modules_of_code(tmp_path) == {"x.y", "z"}

    def function(data: Any) -> Any:
        import yaml

        return [yaml.safe_dump(d) for d in data]

    class Thing:
        def method(self) -> None:
            from json import dumps

            dumps(1)

    assert modules_of_object(function) == {"yaml"}
    assert modules_of_object(Thing()) == {"json"}


def test_differing_packages_are_told_but_not_the_platform(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "requirements.txt").write_text(f"mlflow==3.17.2\nnumpy==0.1\n{YAML}\nabsent==1")
    with caplog.at_level(logging.WARNING):
        warn_of_differences(tmp_path)
    assert "numpy 0.1 there" in caplog.text
    assert "absent 1 there, none here" in caplog.text
    assert "mlflow" not in caplog.text
    assert "PyYAML" not in caplog.text
