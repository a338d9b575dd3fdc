"""Models as functions: write them in Python, log them, and load any model to predict with it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from cuvee.errors import InvalidParameter, NotFound
from cuvee.models.info import ModelInfo
from cuvee.models.model import Model
from cuvee.models.packaging import PYFUNC, Extras, finish, pyfunc_flavor
from cuvee.models.python_model import PythonModel, PythonModelContext
from cuvee.models.signature import ModelSignature
from cuvee.models.trust import Trust

__all__ = [
    "FLAVOR_NAME",
    "PyFuncModel",
    "PythonModel",
    "PythonModelContext",
    "get_model_dependencies",
    "get_model_info",
    "load_model",
    "log_model",
    "save_model",
]

FLAVOR_NAME = PYFUNC


class PyFuncModel:
    """A loaded model.

    Args:
        metadata: what its MLmodel file holds.
        model_impl: the object that predicts.
        input_example: the example that was saved with it, None if there is none.
    """

    def __init__(self, metadata: Model, model_impl: Any, input_example: Any = None) -> None:
        self.metadata = metadata
        self.input_example = input_example
        self._model_impl = model_impl

    def predict(self, data: Any, params: Mapping[str, Any] | None = None) -> Any:
        """Fit data and params to the signature, and return the model's predictions.

        Args:
            data: frame, ndarray, dict, list, scalar or sparse matrix.
            params: parameters by name; those not given get the signature's defaults.

        Raises:
            EnforcementFailed: they do not fit the signature.
        """
        from cuvee.models.enforcement import enforce_inputs, enforce_params

        schema, hints = self.metadata.get_input_schema(), self.metadata.extra
        # The signature of a type-hinted MLflow model describes the list's items, not a frame.
        if schema is not None and not hints.get("is_signature_from_type_hint"):
            fitted = enforce_inputs(data, schema)
            data = data if self._wants_plain(data) else fitted
        given = enforce_params(params, self.metadata.get_params_schema())
        return self._model_impl.predict(data, given)

    def _wants_plain(self, data: Any) -> bool:
        import pandas as pd

        from_example = self.metadata.extra.get("type_hint_from_example")
        return bool(from_example) and not isinstance(data, pd.DataFrame)

    def unwrap_python_model(self) -> Any:
        """Return the PythonModel that was logged.

        Raises:
            InvalidParameter: this is no Python model.
        """
        try:
            return self._model_impl.python_model
        except AttributeError:
            raise InvalidParameter(
                f"This model was logged by {self.loader_module}, not as a PythonModel. Use "
                "get_raw_model for the native model."
            ) from None

    def get_raw_model(self) -> Any:
        """Return the native model, such as a scikit-learn estimator.

        Raises:
            InvalidParameter: there is none.
        """
        raw = getattr(self._model_impl, "get_raw_model", None)
        if raw is None:
            raise InvalidParameter("A Python model has no native model; use unwrap_python_model.")
        return raw()

    @property
    def model_id(self) -> str | None:
        """The logged model."""
        return self.metadata.model_id

    @property
    def loader_module(self) -> str | None:
        """The module that loads the model, by MLflow's name for it."""
        return self.metadata.flavors[PYFUNC].get("loader_module")

    @property
    def model_config(self) -> dict[str, Any]:
        """The configuration that was saved with the model."""
        return dict(self.metadata.flavors[PYFUNC].get("config") or {})

    def __repr__(self) -> str:
        source = f", run_id={self.metadata.run_id!r}" if self.metadata.run_id else ""
        return f"<PyFuncModel loader_module={self.loader_module!r}{source}>"


def save_model(
    path: str | Path,
    loader_module: str | None = None,
    data_path: str | Path | None = None,
    code_paths: Sequence[str] | None = None,
    conda_env: str | dict[str, Any] | None = None,
    mlflow_model: Model | None = None,
    python_model: Any = None,
    artifacts: Mapping[str, str] | None = None,
    signature: ModelSignature | Literal[False] | None = None,
    input_example: Any = None,
    pip_requirements: str | Sequence[str] | None = None,
    extra_pip_requirements: str | Sequence[str] | None = None,
    metadata: Mapping[str, Any] | None = None,
    model_config: str | Path | Mapping[str, Any] | None = None,
) -> Model:
    """Save a model of your own to a new directory.

    Args:
        path: the directory.
        loader_module: a module with ``_load_pyfunc(path)``, in place of ``python_model``.
        data_path: file or directory that the loader module gets.
        code_paths: Python files and packages to pack with the model.
        conda_env: a conda environment, or a file with one.
        mlflow_model: where the model comes from, if that is known.
        python_model: a PythonModel, or a function of one argument.
        artifacts: URIs by name; the files are packed, ``context.artifacts`` has their paths.
        signature: given, inferred from the example (None), or left out (False).
        input_example: data that the model takes, or ``(data, params)``.
        pip_requirements: requirements that replace the inferred ones, or a file of them.
        extra_pip_requirements: requirements that are added, or a file of them.
        metadata: your own, kept in MLmodel.
        model_config: configuration for ``context.model_config``, or a YAML file with it.

    Returns:
        What the MLmodel file holds.

    Raises:
        AlreadyExists: the directory is not empty.
        InvalidParameter: an argument is wrong, or the model cannot be pickled.
    """
    from cuvee.models.directory import copy_code, new_directory
    from cuvee.models.flavors.pyfunc import as_python_model

    if (python_model is None) == (loader_module is None):
        raise InvalidParameter("Give either python_model or loader_module.")
    extras = Extras(
        signature, input_example, metadata, pip_requirements, extra_pip_requirements, conda_env
    )
    local = {name: (str(uri), _artifact(str(uri))) for name, uri in (artifacts or {}).items()}
    config = _config(model_config)
    impl = None if python_model is None else as_python_model(python_model)
    root, model = new_directory(path), mlflow_model or Model()
    settings = {"code": copy_code(code_paths, root), **({"config": config} if config else {})}
    if loader_module is not None:
        return _save_loader(root, model, loader_module, data_path, settings, extras)
    return _save_python(root, model, impl, local, settings, extras)


def _save_python(
    root: Path,
    model: Model,
    impl: Any,
    artifacts: Mapping[str, tuple[str, Path]],
    settings: dict[str, Any],
    extras: Extras,
) -> Model:
    from cuvee.models import environment
    from cuvee.models.flavors import pyfunc as flavor

    settings.update(flavor.write_python_model(impl, root), streamable=False)
    if artifacts:
        settings["artifacts"] = flavor.copy_artifacts(artifacts, root)
    modules = environment.modules_of_pickle(root / flavor.FILE)
    modules |= environment.modules_of_object(getattr(impl, "func", impl))

    def predict(data: Any, params: Any) -> Any:
        context = flavor.context_of(settings, root, None)
        if hasattr(impl, "load_context"):
            impl.load_context(context)
        return flavor.LoadedPythonModel(impl, context).predict(data, params)

    model = model.with_flavor(PYFUNC, pyfunc_flavor("mlflow.pyfunc.model", **settings))
    return finish(root, model, extras, predict=predict, needed=["cloudpickle"], modules=modules)


def _save_loader(
    root: Path,
    model: Model,
    loader_module: str,
    data_path: str | Path | None,
    settings: dict[str, Any],
    extras: Extras,
) -> Model:
    from cuvee.models.directory import copy_into

    if data_path is not None:
        source = Path(data_path)
        if not source.exists():
            raise InvalidParameter(f"The data path {str(data_path)!r} does not exist.")
        (root / "data").mkdir()
        settings["data"] = copy_into(source, root / "data").relative_to(root).as_posix()
    model = model.with_flavor(PYFUNC, pyfunc_flavor(loader_module, **settings))
    return finish(root, model, extras, predict=None, needed=[], modules=[loader_module])


def _config(given: str | Path | Mapping[str, Any] | None) -> dict[str, Any]:
    if given is None or isinstance(given, Mapping):
        return dict(given or {})
    import yaml

    try:
        found = yaml.safe_load(Path(given).read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as e:
        raise InvalidParameter(f"The model config {str(given)!r} cannot be read: {e}") from e
    if not isinstance(found, dict):
        raise InvalidParameter(f"The model config {str(given)!r} is no YAML map.")
    return found


def _artifact(uri: str) -> Path:
    """Return a local path for an artifact's URI."""
    local = Path(uri.removeprefix("file://"))
    if not local.exists():
        if "://" not in uri and ":/" not in uri:
            raise InvalidParameter(f"The artifact {uri!r} does not exist.")
        from cuvee.artifacts import download_artifacts

        local = Path(download_artifacts(artifact_uri=uri))
    return local.resolve()


def log_model(
    artifact_path: str | None = None,
    loader_module: str | None = None,
    data_path: str | Path | None = None,
    code_paths: Sequence[str] | None = None,
    conda_env: str | dict[str, Any] | None = None,
    python_model: Any = None,
    artifacts: Mapping[str, str] | None = None,
    registered_model_name: str | None = None,
    signature: ModelSignature | Literal[False] | None = None,
    input_example: Any = None,
    await_registration_for: int | None = None,
    pip_requirements: str | Sequence[str] | None = None,
    extra_pip_requirements: str | Sequence[str] | None = None,
    metadata: Mapping[str, Any] | None = None,
    model_config: str | Path | Mapping[str, Any] | None = None,
    name: str | None = None,
    params: Mapping[str, Any] | None = None,
    tags: Mapping[str, Any] | None = None,
    model_type: str | None = None,
    step: int = 0,
    run_id: str | None = None,
) -> ModelInfo:
    """Log a model of your own to the active run.

    Args:
        artifact_path: the older name of ``name``.
        loader_module: a module with ``_load_pyfunc(path)``, in place of ``python_model``.
        data_path: file or directory that the loader module gets.
        code_paths: Python files and packages to pack with the model.
        conda_env: a conda environment, or a file with one.
        python_model: a PythonModel, or a function of one argument.
        artifacts: URIs by name; the files are packed, ``context.artifacts`` has their paths.
        registered_model_name: register it as the next version of this model.
        signature: given, inferred from the example (None), or left out (False).
        input_example: data that the model takes, or ``(data, params)``.
        await_registration_for: accepted for MLflow's scripts; versions are ready at once.
        pip_requirements: requirements that replace the inferred ones, or a file of them.
        extra_pip_requirements: requirements that are added, or a file of them.
        metadata: your own, kept in MLmodel.
        model_config: configuration for ``context.model_config``, or a YAML file with it.
        name: the logged model's name.
        params: the logged model's parameters.
        tags: the logged model's tags.
        model_type: what kind of model it is.
        step: training step that it was made at.
        run_id: the run; the active one if not given.

    Raises:
        InvalidParameter: an argument is wrong, or the model cannot be pickled.
    """
    return log_saved(save_model, dict(locals()))


_WHERE = ("registered_model_name", "run_id", "model_type", "params", "tags", "step")


def log_saved(save: Callable[..., Model], given: dict[str, Any]) -> ModelInfo:
    """Save a model to a temporary directory, upload it, and say where it is.

    Args:
        save: a flavour's ``save_model``.
        given: the arguments of its ``log_model``: where the model goes, the rest for ``save``.
    """
    from cuvee.client.models import log_saved_model

    older = given.pop("artifact_path")
    name = given.pop("name") or older or "model"
    given.pop("await_registration_for")
    where = {key: given.pop(key) for key in _WHERE}
    written: list[Model] = []

    def write(path: Path, context: Any) -> None:
        origin = Model(
            model_id=context.model_id,
            model_uuid=context.model_id,
            run_id=context.run_id,
            artifact_path=context.artifact_uri,
        )
        written.append(save(path=path, mlflow_model=origin, **given))

    upload = log_saved_model(write, name=name, **where)
    return _info(
        written[-1],
        upload.model_uri,
        upload.logged_model,
        registered_model_version=upload.registered_model_version,
    )


def _info(model: Model, uri: str, logged: Any, **more: Any) -> ModelInfo:
    names = ("model_id", "name", "params", "tags", "metrics", "creation_timestamp")
    return ModelInfo.of(model, uri, **{n: getattr(logged, n, None) for n in names}, **more)


def fetch(model_uri: str | Path, dst_path: str | Path | None = None) -> Path:
    """Return a local directory with the model.

    Args:
        model_uri: ``models:/...``, ``runs:/...``, another artifact URI, or a local path.
        dst_path: copy the model there.

    Raises:
        NotFound: there is no such model.
    """
    local = Path(str(model_uri).removeprefix("file://"))
    if not local.is_dir():
        from cuvee.client.models import download_model

        local = download_model(str(model_uri))
    if dst_path is not None:
        target = Path(dst_path)
        shutil.copytree(local, target, dirs_exist_ok=True)
        return target
    return local


def load_model(
    model_uri: str | Path,
    suppress_warnings: bool = False,
    dst_path: str | Path | None = None,
    model_config: str | Path | Mapping[str, Any] | None = None,
    trust: Trust = None,
) -> PyFuncModel:
    """Load a model to predict with it.

    Args:
        model_uri: ``models:/name/3``, ``models:/name/Production``, ``models:/name@alias``,
            ``runs:/<run>/<name>``, another artifact URI, or a local path.
        suppress_warnings: do not say where installed packages differ from the model's.
        dst_path: copy the model there.
        model_config: overrides the configuration that was saved, or a YAML file with it.
        trust: consent to run what the model holds: ``"pickle"`` for anything,
            ``"sha256:<digest>"`` for exactly these files, a list of type names for skops.

    Raises:
        NotFound: there is no such model.
        UntrustedModel: loading it would run code, and ``trust`` does not cover it.
        InvalidParameter: the model cannot be loaded as a function.
    """
    from cuvee.models.environment import warn_of_differences
    from cuvee.models.flavors import load_flavor
    from cuvee.models.trust import consent

    agreed = consent(trust, f"cuvee.pyfunc.load_model({str(model_uri)!r}")
    root = fetch(model_uri, dst_path)
    model = Model.load(root)
    if not suppress_warnings:
        warn_of_differences(root)
    impl = load_flavor(model, root, agreed, _config(model_config) or None)
    try:
        example = model.load_input_example(root)
    except (InvalidParameter, ValueError, KeyError):
        example = None  # it only illustrates: a broken one does not keep the model from its work
    return PyFuncModel(model, impl, example)


def get_model_info(model_uri: str | Path) -> ModelInfo:
    """Say what a model is, without loading it.

    Args:
        model_uri: what ``load_model`` takes.

    Raises:
        NotFound: there is no such model.
    """
    model = Model.load(fetch(model_uri))
    if model.model_id is None or Path(str(model_uri)).exists():
        return ModelInfo.of(model, str(model_uri))
    from cuvee.client.finding import get_logged_model

    try:
        logged = get_logged_model(model.model_id)
    except NotFound:  # copied from another server, or deleted since
        logged = None
    return _info(model, str(model_uri), logged)


def get_model_dependencies(model_uri: str | Path, format: str = "pip") -> str:  # noqa: A002 - MLflow's name
    """Return the path of the model's requirements.

    Args:
        model_uri: what ``load_model`` takes.
        format: ``pip`` for requirements.txt, ``conda`` for conda.yaml.

    Raises:
        NotFound: the model has no such file.
        InvalidParameter: the format is unknown.
    """
    from cuvee.models.environment import CONDA, REQUIREMENTS

    names = {"pip": REQUIREMENTS, "conda": CONDA}
    if format not in names:
        raise InvalidParameter(f"format={format!r} must be 'pip' or 'conda'.")
    path = fetch(model_uri) / names[format]
    if not path.exists():
        raise NotFound(f"The model has no file {names[format]}.")
    return str(path)
