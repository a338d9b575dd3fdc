"""Scikit-learn estimators on disk: skops by default, pickle and cloudpickle on request."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cuvee.errors import InvalidParameter, UntrustedModel
from cuvee.models.directory import inside
from cuvee.models.environment import modules_of_pickle, modules_of_skops
from cuvee.models.flavors.code import add_packaged_code, packaged_code
from cuvee.models.model import Model
from cuvee.models.packaging import PYFUNC
from cuvee.models.pickles import cloudpickle_or_advice, load_pickle
from cuvee.models.trust import Consent, describe_pickle

_log = logging.getLogger(__name__)

FLAVOR = "sklearn"
FILES = {"skops": "model.skops", "pickle": "model.pkl", "cloudpickle": "model.pkl"}
PREDICT_FUNCTIONS = (
    "predict",
    "predict_proba",
    "predict_log_proba",
    "predict_joint_log_proba",
    "score",
)


def write_model(
    sk_model: Any, root: Path, serialization_format: str, trusted: Sequence[str] | None
) -> tuple[str, list[str] | None]:
    """Write the estimator.

    Args:
        sk_model: the estimator.
        root: the model's directory.
        serialization_format: ``skops``, ``pickle`` or ``cloudpickle``.
        trusted: types beyond those that skops knows as safe; all that it holds if None.

    Returns:
        The file's name, and the types beyond those that skops knows as safe.

    Raises:
        InvalidParameter: the format is unknown, or cannot hold this estimator.
    """
    if serialization_format not in FILES:
        raise InvalidParameter(
            f"Unknown serialization_format {serialization_format!r}. Use one of: "
            f"{', '.join(FILES)}."
        )
    path = root / FILES[serialization_format]
    if serialization_format == "skops":
        return path.name, _write_skops(sk_model, path, trusted)
    module: Any = pickle if serialization_format == "pickle" else cloudpickle_or_advice()
    try:
        with path.open("wb") as stream:
            # Python's default protocol: cloudpickle's own choice ties the file to this Python.
            module.dump(sk_model, stream, protocol=pickle.DEFAULT_PROTOCOL)
    except (pickle.PicklingError, TypeError, AttributeError) as e:
        raise InvalidParameter(
            f"The estimator {type(sk_model).__name__} cannot be written as "
            f"{serialization_format}: {e}."
        ) from e
    return path.name, None if trusted is None else list(trusted)


def _write_skops(sk_model: Any, path: Path, trusted: Sequence[str] | None) -> list[str] | None:
    import skops.io

    pickled = "serialization_format='cloudpickle' takes any estimator, but asks for trust at load"
    try:
        skops.io.dump(sk_model, path)
    except Exception as e:
        raise InvalidParameter(
            f"skops cannot write the estimator {type(sk_model).__name__}: {e}. {pickled}."
        ) from e
    unknown = sorted(skops.io.get_untrusted_types(file=path))
    missing = [t for t in unknown if trusted is not None and t not in trusted]
    if missing:
        raise InvalidParameter(
            f"skops_trusted_types lacks types that the estimator holds: {', '.join(missing)}. "
            f"Leave it out to name them all; {pickled}."
        )
    if unknown and trusted is None:
        # Not refused: a training script should not fail at its last line over a list that it could
        # only copy from the error. Whoever loads the model decides.
        _log.warning(
            "The estimator %s holds types that skops does not know as safe. To load it, agree to "
            "them with trust=%r.",
            type(sk_model).__name__,
            unknown,
        )
    try:
        # A file that cannot be read back is no model; better to know now than in production.
        skops.io.load(path, trusted=unknown)
    except Exception as e:
        raise InvalidParameter(
            f"skops wrote the estimator {type(sk_model).__name__}, but cannot read it back: {e}. "
            f"It holds functions or classes that no module has at its top level; {pickled}."
        ) from e
    return list(trusted) if trusted is not None else unknown or None


def modules_of_model(path: Path) -> set[str]:
    """Return the modules that an estimator's file needs."""
    return modules_of_skops(path) if path.suffix == ".skops" else modules_of_pickle(path)


def read_model(model: Model, root: Path, consent: Consent) -> Any:
    """Load the estimator.

    Args:
        model: what MLmodel holds.
        root: the model's directory.
        consent: what the caller agreed to.

    Raises:
        UntrustedModel: loading it would run code that the caller did not agree to.
        InvalidParameter: it is no scikit-learn model, or cannot be read.
    """
    pyfunc = model.flavors.get(PYFUNC, {})
    # Early models have no sklearn flavour of their own beside python_function.
    conf = {**pyfunc, **(model.flavors.get(FLAVOR) or {})}
    if FLAVOR not in model.flavors and pyfunc.get("loader_module") != "mlflow.sklearn":
        raise InvalidParameter(
            f"This is no scikit-learn model; its flavors are: {', '.join(model.flavors)}. Load it "
            "with cuvee.pyfunc.load_model."
        )
    name = conf.get("pickled_model") or conf.get("model_path") or conf.get("data")
    path, kind = inside(root, name), conf.get("serialization_format", "pickle")
    code = packaged_code(root, conf)
    if kind == "skops":
        return _read_skops(root, path, code, conf, consent)
    if kind not in FILES:
        raise InvalidParameter(f"The model is written as {kind!r}; Cuvee reads {', '.join(FILES)}.")
    consent.require(root, [path, *code], describe_pickle(path))
    add_packaged_code(root, conf)
    with path.open("rb") as stream:
        return load_pickle(stream)


def _read_skops(
    root: Path, path: Path, code: Sequence[Path], conf: dict[str, Any], consent: Consent
) -> Any:
    import skops.io
    from skops.io.exceptions import UntrustedTypesFoundException

    if code:
        consent.require(
            root, [path, *code], "its directory code goes on the import path, where it runs"
        )
        add_packaged_code(root, conf)
    try:
        unknown = skops.io.get_untrusted_types(file=path)
    except Exception as e:  # whatever skops stumbles over in a file that anybody may have made
        raise InvalidParameter(f"{path.name} is not a skops file, or is damaged: {e}") from e
    missing = sorted(set(unknown) - consent.types)
    if missing:
        _require_types(root, [path, *code], missing, consent)
    try:
        return skops.io.load(path, trusted=unknown)
    except UntrustedTypesFoundException as e:  # the file changed under our hands
        raise UntrustedModel(f"{path.name} holds types that nobody agreed to: {e}") from e
    except ModuleNotFoundError as e:
        raise InvalidParameter(
            f"The model needs the module {e.name!r}, which is not installed. Install what its "
            "requirements.txt lists."
        ) from e
    except Exception as e:
        raise InvalidParameter(f"{path.name} cannot be loaded: {type(e).__name__}: {e}") from e


def _require_types(root: Path, files: list[Path], missing: list[str], consent: Consent) -> None:
    try:
        consent.require(root, files, "")
    except UntrustedModel:
        wanted = sorted({*missing, *consent.types})
        raise UntrustedModel(
            f"Loading this model would make objects of types that are not known as safe: "
            f"{files[0].name} holds {', '.join(missing)}. If you know these types and who made "
            f"the model, agree to them with {consent.call}, trust={wanted!r})."
        ) from None


class SklearnModel:
    """An estimator behind the python_function flavour.

    Args:
        sklearn_model: the estimator.
        predict_fn: the method to predict with.

    Raises:
        InvalidParameter: the method is none that predicts, or the estimator lacks it.
    """

    def __init__(self, sklearn_model: Any, predict_fn: str) -> None:
        if predict_fn not in PREDICT_FUNCTIONS:
            raise InvalidParameter(
                f"The predict function {predict_fn!r} is none of: {', '.join(PREDICT_FUNCTIONS)}."
            )
        self.sklearn_model = sklearn_model
        self.predict_fn = predict_fn
        self._predict = getattr(sklearn_model, predict_fn)

    def predict(self, data: Any, params: Any = None) -> Any:  # noqa: ARG002 - estimators take none
        """Return the estimator's predictions."""
        return self._predict(data)

    def get_raw_model(self) -> Any:
        """Return the estimator."""
        return self.sklearn_model
