"""Scikit-learn models: save, log and load them, without pickle unless you ask for it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from cuvee.models.info import ModelInfo
from cuvee.models.model import Model
from cuvee.models.packaging import PYFUNC, Extras, finish, pyfunc_flavor
from cuvee.models.signature import ModelSignature
from cuvee.models.trust import Trust

__all__ = [
    "FLAVOR_NAME",
    "SERIALIZATION_FORMAT_CLOUDPICKLE",
    "SERIALIZATION_FORMAT_PICKLE",
    "SERIALIZATION_FORMAT_SKOPS",
    "load_model",
    "log_model",
    "save_model",
]

FLAVOR_NAME = "sklearn"
SERIALIZATION_FORMAT_SKOPS = "skops"
SERIALIZATION_FORMAT_PICKLE = "pickle"
SERIALIZATION_FORMAT_CLOUDPICKLE = "cloudpickle"

_log = logging.getLogger(__name__)


def save_model(
    sk_model: Any,
    path: str | Path,
    conda_env: str | dict[str, Any] | None = None,
    code_paths: Sequence[str] | None = None,
    mlflow_model: Model | None = None,
    serialization_format: str = SERIALIZATION_FORMAT_SKOPS,
    signature: ModelSignature | Literal[False] | None = None,
    input_example: Any = None,
    pip_requirements: str | Sequence[str] | None = None,
    extra_pip_requirements: str | Sequence[str] | None = None,
    pyfunc_predict_fn: str = "predict",
    metadata: Mapping[str, Any] | None = None,
    skops_trusted_types: Sequence[str] | None = None,
) -> Model:
    """Save an estimator to a new directory.

    Args:
        sk_model: the estimator.
        path: the directory.
        conda_env: a conda environment, or a file with one.
        code_paths: Python files and packages to pack with the model.
        mlflow_model: where the model comes from, if that is known.
        serialization_format: ``skops`` holds data only; ``pickle`` and ``cloudpickle`` hold code
            too, so that loading them asks for consent.
        signature: given, inferred from the example (None), or left out (False).
        input_example: data that the model takes.
        pip_requirements: requirements that replace the inferred ones, or a file of them.
        extra_pip_requirements: requirements that are added, or a file of them.
        pyfunc_predict_fn: the method that ``cuvee.pyfunc`` predicts with, such as
            ``predict_proba``.
        metadata: your own, kept in MLmodel.
        skops_trusted_types: types in the model beyond those that skops knows as safe, as MLflow
            trusts them at loading; those that the model holds if not given.

    Returns:
        What the MLmodel file holds.

    Raises:
        AlreadyExists: the directory is not empty.
        InvalidParameter: an argument is wrong, or the format cannot hold this estimator.
    """
    from cuvee.models.directory import copy_code, new_directory
    from cuvee.models.flavors.sklearn import SklearnModel, modules_of_model, write_model

    extras = Extras(
        signature, input_example, metadata, pip_requirements, extra_pip_requirements, conda_env
    )
    form = serialization_format or SERIALIZATION_FORMAT_SKOPS
    predicts = hasattr(sk_model, pyfunc_predict_fn)
    impl = SklearnModel(sk_model, pyfunc_predict_fn) if predicts else None
    root = new_directory(path)
    code = copy_code(code_paths, root)
    file, trusted = write_model(sk_model, root, form, skops_trusted_types)
    model = _with_flavors(mlflow_model or Model(), file, form, code, trusted, impl)
    needed = ["scikit-learn", "numpy", "scipy", *([] if form == "pickle" else [form])]
    modules = modules_of_model(root / file)
    predict = None if impl is None else impl.predict
    return finish(root, model, extras, predict=predict, needed=needed, modules=modules)


def _with_flavors(
    model: Model, file: str, form: str, code: str | None, trusted: list[str] | None, impl: Any
) -> Model:
    import sklearn

    if impl is None:
        _log.warning("The estimator cannot predict, so only cuvee.sklearn can load it.")
    else:
        settings = {"model_path": file, "predict_fn": impl.predict_fn}
        settings |= {"code": code} if code else {}
        model = model.with_flavor(PYFUNC, pyfunc_flavor("mlflow.sklearn", **settings))
    conf = {
        "pickled_model": file,
        "serialization_format": form,
        "sklearn_version": sklearn.__version__,
        "code": code,
        "skops_trusted_types": trusted,
    }
    return model.with_flavor(FLAVOR_NAME, conf)


def log_model(
    sk_model: Any,
    artifact_path: str | None = None,
    conda_env: str | dict[str, Any] | None = None,
    code_paths: Sequence[str] | None = None,
    serialization_format: str = SERIALIZATION_FORMAT_SKOPS,
    registered_model_name: str | None = None,
    signature: ModelSignature | Literal[False] | None = None,
    input_example: Any = None,
    await_registration_for: int | None = None,
    pip_requirements: str | Sequence[str] | None = None,
    extra_pip_requirements: str | Sequence[str] | None = None,
    pyfunc_predict_fn: str = "predict",
    metadata: Mapping[str, Any] | None = None,
    params: Mapping[str, Any] | None = None,
    tags: Mapping[str, Any] | None = None,
    model_type: str | None = None,
    step: int = 0,
    name: str | None = None,
    skops_trusted_types: Sequence[str] | None = None,
    run_id: str | None = None,
) -> ModelInfo:
    """Log an estimator to the active run.

    Args:
        sk_model: the estimator.
        artifact_path: the older name of ``name``.
        conda_env: a conda environment, or a file with one.
        code_paths: Python files and packages to pack with the model.
        serialization_format: ``skops``, ``pickle`` or ``cloudpickle``; see ``save_model``.
        registered_model_name: register it as the next version of this model.
        signature: given, inferred from the example (None), or left out (False).
        input_example: data that the model takes.
        await_registration_for: accepted for MLflow's scripts; versions are ready at once.
        pip_requirements: requirements that replace the inferred ones, or a file of them.
        extra_pip_requirements: requirements that are added, or a file of them.
        pyfunc_predict_fn: the method that ``cuvee.pyfunc`` predicts with.
        metadata: your own, kept in MLmodel.
        params: the logged model's parameters.
        tags: the logged model's tags.
        model_type: what kind of model it is.
        step: training step that it was made at.
        name: the logged model's name.
        skops_trusted_types: types in the model beyond those that skops knows as safe.
        run_id: the run; the active one if not given.

    Raises:
        InvalidParameter: an argument is wrong, or the format cannot hold this estimator.
    """
    given = dict(locals())
    from cuvee.pyfunc import log_saved

    return log_saved(save_model, given)


def load_model(
    model_uri: str | Path, dst_path: str | Path | None = None, trust: Trust = None
) -> Any:
    """Load the estimator itself.

    Args:
        model_uri: ``models:/name/3``, ``models:/name/Production``, ``models:/name@alias``,
            ``runs:/<run>/<name>``, another artifact URI, or a local path.
        dst_path: copy the model there.
        trust: consent to run what the model holds: ``"pickle"`` for anything,
            ``"sha256:<digest>"`` for exactly these files, a list of type names for skops.

    Raises:
        NotFound: there is no such model.
        UntrustedModel: loading it would run code, and ``trust`` does not cover it.
        InvalidParameter: it is no scikit-learn model, or is damaged.
    """
    from cuvee.models.flavors.sklearn import read_model
    from cuvee.models.trust import consent
    from cuvee.pyfunc import fetch

    agreed = consent(trust, f"cuvee.sklearn.load_model({str(model_uri)!r}")
    root = fetch(model_uri, dst_path)
    return read_model(Model.load(root), root, agreed)
