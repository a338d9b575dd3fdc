"""Scikit-learn models: skops by default, pickle only with consent."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from sklearn.cluster import DBSCAN
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

import cuvee
import cuvee.pyfunc
import cuvee.sklearn
from cuvee.errors import EnforcementFailed, InvalidParameter, NotFound, UntrustedModel
from cuvee.models import infer_signature

FRAME = pd.DataFrame({"alcohol": [9.4, 9.8, 11.2], "pH": [3.51, 3.2, 3.26]})
QUALITY = np.array([5.0, 5.0, 6.0])


@pytest.fixture
def wine() -> Any:
    return LinearRegression().fit(FRAME, QUALITY)


def test_a_model_is_saved_with_skops_and_loads_without_consent(tmp_path: Path, wine: Any) -> None:
    cuvee.sklearn.save_model(wine, tmp_path / "model", input_example=FRAME)
    assert (tmp_path / "model" / "model.skops").exists()
    raw = yaml.safe_load((tmp_path / "model" / "MLmodel").read_text())
    assert raw["flavors"]["sklearn"]["serialization_format"] == "skops"
    assert raw["flavors"]["python_function"]["loader_module"] == "mlflow.sklearn"
    assert raw["flavors"]["python_function"]["model_path"] == "model.skops"
    estimator = cuvee.sklearn.load_model(tmp_path / "model")
    assert isinstance(estimator, LinearRegression)
    model = cuvee.pyfunc.load_model(tmp_path / "model")
    np.testing.assert_allclose(model.predict(FRAME), wine.predict(FRAME))
    np.testing.assert_allclose(model.predict(FRAME[["pH", "alcohol"]]), wine.predict(FRAME))
    assert isinstance(model.get_raw_model(), LinearRegression)
    assert model.metadata.signature == infer_signature(FRAME, wine.predict(FRAME))
    with pytest.raises(EnforcementFailed, match="'pH'"):
        model.predict(FRAME[["alcohol"]])


@pytest.mark.parametrize("form", ["pickle", "cloudpickle"])
def test_a_pickled_model_asks_for_consent(tmp_path: Path, wine: Any, form: str) -> None:
    cuvee.sklearn.save_model(wine, tmp_path / "model", serialization_format=form)
    with pytest.raises(UntrustedModel, match=r"sklearn\.linear_model\._base\.LinearRegression"):
        cuvee.sklearn.load_model(tmp_path / "model")
    estimator = cuvee.sklearn.load_model(tmp_path / "model", trust="pickle")
    np.testing.assert_allclose(estimator.predict(FRAME), wine.predict(FRAME))
    requirements = (tmp_path / "model" / "requirements.txt").read_text()
    assert ("cloudpickle==" in requirements) == (form == "cloudpickle")
    assert "scikit-learn==" in requirements


def test_a_pipeline_needs_no_consent(tmp_path: Path) -> None:
    estimator = make_pipeline(StandardScaler(), LinearRegression()).fit(FRAME, QUALITY)
    cuvee.sklearn.save_model(estimator, tmp_path / "model")
    loaded = cuvee.pyfunc.load_model(tmp_path / "model")
    np.testing.assert_allclose(loaded.predict(FRAME), estimator.predict(FRAME))


def test_probabilities_can_be_what_is_predicted(tmp_path: Path) -> None:
    estimator = LogisticRegression().fit(FRAME, [0, 0, 1])
    cuvee.sklearn.save_model(estimator, tmp_path / "model", pyfunc_predict_fn="predict_proba")
    found = cuvee.pyfunc.load_model(tmp_path / "model").predict(FRAME)
    np.testing.assert_allclose(found, estimator.predict_proba(FRAME))
    with pytest.raises(InvalidParameter, match="predict_proba"):
        cuvee.sklearn.save_model(estimator, tmp_path / "other", pyfunc_predict_fn="fit")


def test_an_estimator_that_cannot_predict_has_no_function_flavour(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        model = cuvee.sklearn.save_model(DBSCAN().fit(FRAME), tmp_path / "model")
    assert list(model.flavors) == ["sklearn"]
    assert "cannot predict" in caplog.text
    assert isinstance(cuvee.sklearn.load_model(tmp_path / "model"), DBSCAN)
    with pytest.raises(InvalidParameter, match="no flavor 'python_function'"):
        cuvee.pyfunc.load_model(tmp_path / "model")


def test_types_that_skops_does_not_know_are_told_when_saving_and_asked_for_at_load(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    estimator = RandomForestRegressor(n_estimators=3, random_state=0).fit(FRAME, QUALITY)
    types = ["sklearn.tree._tree.Tree"]
    with caplog.at_level(logging.WARNING):
        model = cuvee.sklearn.save_model(estimator, tmp_path / "model")
    assert f"trust={types}" in caplog.text
    assert model.flavors["sklearn"]["skops_trusted_types"] == types
    with pytest.raises(UntrustedModel, match=r"trust=\['sklearn\.tree\._tree\.Tree'\]"):
        cuvee.sklearn.load_model(tmp_path / "model")
    loaded = cuvee.pyfunc.load_model(tmp_path / "model", trust=types)
    np.testing.assert_allclose(loaded.predict(FRAME), estimator.predict(FRAME))


def test_a_list_of_trusted_types_must_be_whole(tmp_path: Path) -> None:
    estimator = FunctionTransformer(yaml.safe_dump)
    with pytest.raises(InvalidParameter, match=r"yaml\.safe_dump"):
        cuvee.sklearn.save_model(estimator, tmp_path / "one", skops_trusted_types=["x.y"])
    cuvee.sklearn.save_model(estimator, tmp_path / "two", skops_trusted_types=["yaml.safe_dump"])
    assert "pyyaml" in (tmp_path / "two" / "requirements.txt").read_text().lower()
    loaded = cuvee.sklearn.load_model(tmp_path / "two", trust=["yaml.safe_dump"])
    assert loaded.func is yaml.safe_dump


def test_what_skops_cannot_write_is_refused_with_another_way(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameter, match="serialization_format='cloudpickle'"):
        cuvee.sklearn.save_model(FunctionTransformer(lambda data: data), tmp_path / "model")


@pytest.mark.parametrize("form", ["joblib", "", "../x"])
def test_another_format_is_refused_with_the_known_ones(
    tmp_path: Path, wine: Any, form: str
) -> None:
    if not form:
        cuvee.sklearn.save_model(wine, tmp_path / "model", serialization_format=form)
        assert (tmp_path / "model" / "model.skops").exists()
        return
    with pytest.raises(InvalidParameter, match="skops, pickle, cloudpickle"):
        cuvee.sklearn.save_model(wine, tmp_path / "model", serialization_format=form)


def test_an_estimator_that_pickle_cannot_write_is_refused(tmp_path: Path) -> None:
    estimator = FunctionTransformer(lambda data: data)
    with pytest.raises(InvalidParameter, match="cannot be written as pickle"):
        cuvee.sklearn.save_model(estimator, tmp_path / "model", serialization_format="pickle")


def test_what_is_no_estimator_is_refused_at_load(tmp_path: Path) -> None:
    cuvee.pyfunc.save_model(tmp_path / "model", python_model=lambda model_input: model_input)
    with pytest.raises(InvalidParameter, match="no scikit-learn model"):
        cuvee.sklearn.load_model(tmp_path / "model", trust="pickle")
    with pytest.raises(NotFound):
        cuvee.sklearn.load_model(tmp_path)


def test_versions_in_two_stages_do_not_touch_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wine: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    for variable in ("CUVEE_TRACKING_URI", "MLFLOW_TRACKING_URI"):
        monkeypatch.delenv(variable, raising=False)
    one = LinearRegression().fit(FRAME[["alcohol"]], QUALITY)
    with cuvee.start_run():
        first = cuvee.sklearn.log_model(
            one,
            artifact_path="model",
            input_example=FRAME[["alcohol"]],
            registered_model_name="wine",
            await_registration_for=0,
        )
    with cuvee.start_run():
        second = cuvee.sklearn.log_model(
            wine, name="model", signature=infer_signature(FRAME), registered_model_name="wine"
        )
    assert (first.registered_model_version, second.registered_model_version) == (1, 2)
    client = cuvee.MlflowClient()
    client.transition_model_version_stage("wine", "1", "Production")
    client.transition_model_version_stage("wine", "2", "Staging")
    production = cuvee.pyfunc.load_model("models:/wine/Production")
    staging = cuvee.sklearn.load_model("models:/wine/Staging")
    np.testing.assert_allclose(production.predict(FRAME), one.predict(FRAME[["alcohol"]]))
    np.testing.assert_allclose(staging.predict(FRAME), wine.predict(FRAME))
