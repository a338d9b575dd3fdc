"""Python models on disk: a cloudpickle, packaged files and packaged code."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cuvee.errors import InvalidParameter
from cuvee.models.directory import copy_into, inside
from cuvee.models.environment import python_version
from cuvee.models.flavors.code import add_packaged_code, packaged_code
from cuvee.models.model import Model
from cuvee.models.packaging import PYFUNC
from cuvee.models.pickles import (
    cloudpickle_or_advice,
    dump_python_model,
    load_pickle,
    names_in,
    open_pickle,
)
from cuvee.models.python_model import FunctionModel, PythonModelContext, call_predict
from cuvee.models.trust import Consent, describe_pickle

FILE = "python_model.pkl"


def as_python_model(given: Any) -> Any:
    """Return an object with ``predict``; a function is wrapped.

    Raises:
        InvalidParameter: it is neither a function nor an object with ``predict``.
    """
    if hasattr(given, "predict") and not isinstance(given, type):
        return given
    if callable(given) and not isinstance(given, type):
        return FunctionModel(given)
    raise InvalidParameter(
        "python_model must be an instance of cuvee.pyfunc.PythonModel or a function, but is "
        f"{given!r}."
    )


def write_python_model(python_model: Any, root: Path) -> dict[str, Any]:
    """Write the model.

    Args:
        python_model: an object with ``predict``.
        root: the model's directory.

    Returns:
        The settings that the flavour keeps about it.
    """
    cloudpickle = cloudpickle_or_advice()
    with (root / FILE).open("wb") as stream:
        dump_python_model(python_model, stream)
    return {"python_model": FILE, "cloudpickle_version": cloudpickle.__version__}


def copy_artifacts(artifacts: Mapping[str, tuple[str, Path]], root: Path) -> dict[str, Any]:
    """Copy files into the model's ``artifacts`` directory.

    Args:
        artifacts: original URI and local path by name.
        root: the model's directory.

    Returns:
        Path and URI by name, as the flavour keeps them.
    """
    found: dict[str, Any] = {}
    taken: dict[str, Path] = {}
    for name, (uri, path) in artifacts.items():
        directory = root / "artifacts"
        if taken.setdefault(path.name, path) != path:
            directory /= name  # two files of the same name
            if not directory.resolve().is_relative_to((root / "artifacts").resolve()):
                raise InvalidParameter(f"{name!r} cannot be the name of an artifact.")
        directory.mkdir(parents=True, exist_ok=True)
        target = copy_into(path, directory)
        found[name] = {"path": target.relative_to(root).as_posix(), "uri": uri}
    return found


def context_of(
    conf: Mapping[str, Any], root: Path, model_config: Mapping[str, Any] | None
) -> PythonModelContext:
    """Return what the model finds beside itself.

    Args:
        conf: the flavour's settings.
        root: the model's directory.
        model_config: overrides the configuration that was saved.
    """
    artifacts = {
        name: str(inside(root, spec.get("path")))
        for name, spec in (conf.get("artifacts") or {}).items()
    }
    config = {**(conf.get("config") or {}), **(model_config or {})}
    return PythonModelContext(artifacts, config or None)


def read_python_model(
    model: Model, root: Path, consent: Consent, model_config: Mapping[str, Any] | None
) -> LoadedPythonModel:
    """Load the model.

    Args:
        model: what MLmodel holds.
        root: the model's directory.
        consent: what the caller agreed to.
        model_config: overrides the configuration that was saved.

    Raises:
        UntrustedModel: the caller did not agree to run it.
        InvalidParameter: it is incomplete, or another Python compiled it.
    """
    conf = model.flavor(PYFUNC)
    path, compression = inside(root, conf.get("python_model")), conf.get("python_model_compression")
    context = context_of(conf, root, model_config)
    reason = describe_pickle(path, compression)
    consent.require(root, [path, *packaged_code(root, conf)], reason)
    _check_python(path, compression, str(conf.get("python_version", "")))
    add_packaged_code(root, conf)
    with open_pickle(path, compression) as stream:
        loaded = LoadedPythonModel(load_pickle(stream), context)
    if hasattr(loaded.python_model, "load_context"):
        loaded.python_model.load_context(context)
    return loaded


def _check_python(path: Path, compression: str | None, saved_with: str) -> None:
    """Refuse byte code of another Python, which can crash the process instead of failing."""
    ours = python_version()
    if not saved_with or saved_with.split(".")[:2] == ours.split(".")[:2]:
        return
    with open_pickle(path, compression) as stream:
        compiled = any(name.endswith(("._make_function", ".CodeType")) for name in names_in(stream))
    if compiled:
        raise InvalidParameter(
            f"The model holds functions compiled by Python {saved_with}, which Python {ours} "
            "cannot run. Load it with that Python, or log it again with this one."
        )


class LoadedPythonModel:
    """A Python model with its context.

    Args:
        python_model: an object with ``predict``.
        context: what it finds beside itself.
    """

    def __init__(self, python_model: Any, context: PythonModelContext) -> None:
        self.python_model = python_model
        self.context = context

    def predict(self, data: Any, params: Any = None) -> Any:
        """Return the model's predictions."""
        return call_predict(self.python_model, self.context, data, params)
