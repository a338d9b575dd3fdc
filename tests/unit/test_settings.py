"""Settings come from the environment, Cuvee's variables before MLflow's."""

from __future__ import annotations

import dataclasses
import inspect

import pytest

from cuvee.errors import InvalidParameter
from cuvee.settings import Settings


def test_an_empty_environment_gives_the_defaults() -> None:
    assert Settings.read({}) == Settings()


def test_cuvees_variable_counts_before_mlflows() -> None:
    env = {"MLFLOW_TRACKING_URI": "http://a", "CUVEE_TRACKING_URI": "http://b"}

    assert Settings.read(env).tracking_uri == "http://b"
    assert Settings.read({"MLFLOW_TRACKING_URI": "http://a"}).tracking_uri == "http://a"


def test_an_empty_variable_counts_as_unset() -> None:
    env = {"CUVEE_TRACKING_URI": "", "MLFLOW_TRACKING_URI": "http://a"}

    assert Settings.read(env).tracking_uri == "http://a"


def test_numbers_and_switches_are_read() -> None:
    env = {
        "CUVEE_HTTP_REQUEST_TIMEOUT": "2.5",
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
        "MLFLOW_TRACKING_INSECURE_TLS": "true",
    }
    found = Settings.read(env)

    assert (found.http_timeout, found.http_max_retries, found.insecure_tls) == (2.5, 0, True)


def test_a_number_that_is_none_is_refused_by_name() -> None:
    with pytest.raises(InvalidParameter, match="CUVEE_HTTP_REQUEST_TIMEOUT"):
        Settings.read({"CUVEE_HTTP_REQUEST_TIMEOUT": "soon"})


def test_every_setting_is_documented() -> None:
    text = inspect.getdoc(Settings) or ""
    for field in dataclasses.fields(Settings):
        assert f"\n    {field.name}: ``" in text, field.name
