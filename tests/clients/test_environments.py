"""The environments of the clients are what they say."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from clients.environments import ENVIRONMENTS, cache, find_python, python_of, since

pytestmark = pytest.mark.clients


@pytest.mark.parametrize("name", [n for n, e in ENVIRONMENTS.items() if e.requirements])
def test_each_environment_holds_the_release_that_its_name_tells(name: str) -> None:
    code = "import mlflow, sys; print(mlflow.__version__, *sys.version_info[:2])"
    done = subprocess.run(
        [python_of(name), "-W", "ignore", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    release, *python = done.stdout.split()

    assert name == "mlflow-" + release.rpartition(".")[0]
    assert ENVIRONMENTS[name].python in ("", ".".join(python))


def test_an_environment_is_built_once_and_then_found(capsys: pytest.CaptureFixture[str]) -> None:
    first = python_of("mlflow-3.17", lambda _: None)

    assert python_of("mlflow-3.17") == first
    assert Path(first).is_relative_to(cache())
    assert capsys.readouterr().out == ""


def test_a_missing_python_is_an_error_that_says_what_to_install() -> None:
    with pytest.raises(LookupError, match=r"pyenv install 3\.99"):
        find_python("3.99")


def test_clients_are_chosen_by_the_version_of_the_api() -> None:
    assert since(1) == list(ENVIRONMENTS)
    assert since(2, 3) == ["cuvee", "mlflow-3.17", "mlflow-2.22"]
    assert since(3) == ["cuvee", "mlflow-3.17"]
