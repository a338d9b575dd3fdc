"""``import cuvee`` is light, and every public name is there."""

from __future__ import annotations

import subprocess
import sys

import pytest

import cuvee


def test_importing_loads_the_standard_library_only() -> None:
    script = (
        "import sys; before = set(sys.modules); import cuvee; "
        "print(sorted({m.partition('.')[0] for m in set(sys.modules) - before} "
        "- set(sys.stdlib_module_names)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout.strip() == "['cuvee']"


@pytest.mark.parametrize("name", cuvee.__all__)
def test_every_public_name_is_found(name: str) -> None:
    assert getattr(cuvee, name) is not None
    assert name in dir(cuvee)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        cuvee.no_such_name  # noqa: B018


@pytest.mark.parametrize("name", sorted(cuvee._MLFLOW_ONLY))  # noqa: SLF001  # nobody else reads it
def test_what_only_mlflow_has_is_named_with_what_to_do(name: str) -> None:
    assert not hasattr(cuvee, name)
    with pytest.raises(AttributeError, match=f"'{name}': for it, import mlflow"):
        getattr(cuvee, name)


def test_tracking_and_registry_uris_are_chosen_and_taken_back() -> None:
    assert not cuvee.is_tracking_uri_set()
    cuvee.set_tracking_uri("http://a")
    assert cuvee.get_registry_uri() == "http://a"
    cuvee.set_registry_uri("http://b")
    assert (cuvee.get_tracking_uri(), cuvee.get_registry_uri()) == ("http://a", "http://b")
    client = cuvee.MlflowClient()
    assert client.tracking_uri == "http://a"
    cuvee.set_tracking_uri("")
    assert not cuvee.is_tracking_uri_set()
