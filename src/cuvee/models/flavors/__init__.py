"""From what MLmodel says to an object that predicts."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cuvee.errors import InvalidParameter
from cuvee.models.directory import DOWNLOAD_MARK, files_below, inside
from cuvee.models.model import Model
from cuvee.models.packaging import PYFUNC
from cuvee.models.trust import Consent


def load_flavor(
    model: Model, root: Path, consent: Consent, model_config: Mapping[str, Any] | None = None
) -> Any:
    """Load the model behind the python_function flavour.

    Args:
        model: what MLmodel holds.
        root: the model's directory.
        consent: what the caller agreed to.
        model_config: overrides the configuration that was saved.

    Returns:
        An object with ``predict(data, params)``.

    Raises:
        UntrustedModel: loading it would run code that the caller did not agree to.
        InvalidParameter: the model is incomplete, or needs something that is not installed.
    """
    conf = model.flavor(PYFUNC)
    loader = conf.get("loader_module")
    if loader in ("mlflow.sklearn", "cuvee.sklearn"):
        from cuvee.models.flavors.sklearn import SklearnModel, read_model

        return SklearnModel(
            read_model(model, root, consent), str(conf.get("predict_fn", "predict"))
        )
    if loader in ("mlflow.pyfunc.model", "cuvee.pyfunc.model"):
        from cuvee.models.flavors.pyfunc import read_python_model

        return read_python_model(model, root, consent, model_config)
    return _foreign(conf, root, consent, model_config)


def _foreign(
    conf: Mapping[str, Any], root: Path, consent: Consent, model_config: Mapping[str, Any] | None
) -> Any:
    """Let another package's loader module load the model: it may do anything, so ask first."""
    from cuvee.models.flavors.code import add_packaged_code

    loader = conf.get("loader_module")
    if not isinstance(loader, str) or not all(p.isidentifier() for p in loader.split(".")):
        raise InvalidParameter(f"The model's loader_module {loader!r} is no name of a module.")
    files = [p for p in files_below(root) if p.name != DOWNLOAD_MARK]
    consent.require(root, files, f"its loader module {loader} is not one that Cuvee knows")
    add_packaged_code(root, conf)
    try:
        module = importlib.import_module(loader)
    except ModuleNotFoundError as e:
        package = loader.partition(".")[0]
        raise InvalidParameter(
            f"The model is loaded by {loader}, but the module {e.name!r} is not installed: "
            f"pip install {package}, and what the model's requirements.txt lists."
        ) from e
    load = getattr(module, "_load_pyfunc", None)
    if load is None:
        raise InvalidParameter(f"The module {loader} cannot load models: it has no _load_pyfunc.")
    where = conf.get("data")
    path = str(root if where is None else inside(root, where))
    loaded = load(path, model_config) if model_config else load(path)
    return ForeignModel(loaded, str(conf.get("predict_fn", "predict")))


class ForeignModel:
    """A model that another package's loader made.

    Args:
        model: what the loader returned.
        predict_fn: the method to predict with.
    """

    def __init__(self, model: Any, predict_fn: str) -> None:
        self.model = model
        self._predict = getattr(model, predict_fn)

    def predict(self, data: Any, params: Any = None) -> Any:
        """Call the model's method, with params where it takes them."""
        from cuvee.models.python_model import takes_params

        if takes_params(self._predict):
            return self._predict(data, params=params)
        return self._predict(data)

    def get_raw_model(self) -> Any:
        """Return the native model where the loader says which it is."""
        raw = getattr(self.model, "get_raw_model", None)
        return self.model if raw is None else raw()
