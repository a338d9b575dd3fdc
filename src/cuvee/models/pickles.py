"""Look into a pickle without running it, and carry pickled models between Cuvee and MLflow.

A Python model is written so that its base class is ``mlflow.pyfunc.model.PythonModel``, by name.
Real MLflow finds its own class there; Cuvee's unpickler puts its own in that place. So one file
serves both, and neither needs the other installed.
"""

from __future__ import annotations

import importlib
import io
import pickle
import pickletools
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from cuvee.errors import CuveeError, InvalidParameter

_OPENERS = {"lzma": "lzma", "bzip2": "bz2", "gzip": "gzip"}


def open_pickle(path: Path, compression: str | None = None) -> IO[bytes]:
    """Open a pickle for reading.

    Args:
        path: the file.
        compression: ``lzma``, ``bzip2`` or ``gzip``, or None.

    Raises:
        InvalidParameter: the compression is unknown.
    """
    if compression is None:
        return path.open("rb")
    if compression not in _OPENERS:
        raise InvalidParameter(
            f"The model is compressed with {compression!r}; Cuvee reads {', '.join(_OPENERS)}."
        )
    opened: IO[bytes] = importlib.import_module(_OPENERS[compression]).open(path, "rb")
    return opened


def names_in(stream: IO[bytes]) -> list[str]:
    """List what loading a pickle would import, sorted; nothing is loaded.

    Modules that cloudpickle imports by name are listed alone, everything else as
    ``module.name``. A damaged pickle yields what stands before the damage.
    """
    found: set[str] = set()
    memo: list[str | None] = []
    strings: list[str | None] = ["", ""]
    try:
        for opcode, arg, _ in pickletools.genops(stream):
            pushed: str | None = None
            if opcode.name in ("GLOBAL", "INST"):
                pushed = str(arg).replace(" ", ".")
                found.add(pushed)
            elif opcode.name == "STACK_GLOBAL":
                pushed = f"{strings[-2]}.{strings[-1]}"
                found.add(pushed)
            elif opcode.name in ("MEMOIZE", "PUT", "BINPUT", "LONG_BINPUT"):
                memo.append(strings[-1])
                continue
            elif opcode.name in ("PROTO", "FRAME"):
                continue
            elif "GET" in opcode.name and isinstance(arg, int):
                pushed = memo[arg] if arg < len(memo) else None
            elif "UNICODE" in opcode.name or "STRING" in opcode.name:
                pushed = str(arg)
            if pushed and strings[-1] == "cloudpickle.cloudpickle.subimport":
                found.add(pushed)
            strings = [strings[-1], pushed]
    except (ValueError, EOFError, IndexError):
        pass
    return sorted(found)


class _StandIn:
    """Takes the place of an MLflow object that a pickled model carries but does not need here."""

    def __new__(cls, *_args: Any, **_kwargs: Any) -> _StandIn:  # noqa: PYI034 - Python 3.10
        return super().__new__(cls)

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        pass

    def __setstate__(self, state: Any) -> None:
        self.__dict__.update(state if isinstance(state, dict) else {})

    def __getattr__(self, name: str) -> None:
        if name.startswith("__"):
            raise AttributeError(name)


def _unvalidated(args: Any, kwargs: Any, *_hints: Any) -> tuple[Any, Any]:
    """Pass on what a type-hinted predict was called with; the signature has checked it."""
    return args, kwargs


def _stand_in(module: str, name: str) -> Any:
    from cuvee.models import python_model

    known: dict[str, Any] = {
        "PythonModel": python_model.PythonModel,
        "PythonModelContext": python_model.PythonModelContext,
        "_FunctionPythonModel": python_model.FunctionModel,
        "MlflowException": CuveeError,
        "_validate_model_input": _unvalidated,
    }
    if name in known:
        return known[name]
    inert = ("mlflow.models.signature", "mlflow.types", "mlflow.pyfunc.utils")
    if module.startswith(inert):
        return _StandIn
    try:
        return getattr(importlib.import_module(module), name)
    except ModuleNotFoundError as e:
        raise InvalidParameter(
            f"The pickled model uses {module}.{name}, which Cuvee does not have. Install the "
            "MLflow that it was saved with beside Cuvee: pip install mlflow."
        ) from e


class _Module:
    """A module of MLflow's, by name, whether or not MLflow is installed."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return _stand_in(self._name, name)

    def __reduce__(self) -> tuple[Any, ...]:
        return importlib.import_module, (self._name,)


def _is_mlflow(module: str) -> bool:
    return module == "mlflow" or module.startswith("mlflow.")


def _import_module(name: str) -> Any:
    return _Module(name) if _is_mlflow(name) else importlib.import_module(name)


class _Unpickler(pickle.Unpickler):
    def find_class(self, module_name: str, global_name: str, /) -> Any:
        if _is_mlflow(module_name):
            return _stand_in(module_name, global_name)
        if (module_name, global_name) == ("importlib", "import_module"):
            return _import_module
        return super().find_class(module_name, global_name)


def load_pickle(stream: IO[bytes]) -> Any:
    """Unpickle. Only after consent: this runs whatever the pickle holds.

    Raises:
        InvalidParameter: it needs a package that is not installed.
    """
    try:
        return _Unpickler(stream).load()
    except ModuleNotFoundError as e:
        advice = (
            "its own code imports MLflow. Install it beside Cuvee: pip install mlflow"
            if _is_mlflow(str(e.name))
            else "install what the model's requirements.txt lists"
        )
        raise InvalidParameter(
            f"The pickled model needs the module {e.name!r}, which is not installed: {advice}."
        ) from e


def dump_python_model(python_model: Any, stream: IO[bytes]) -> None:
    """Cloudpickle a Python model so that Cuvee and MLflow can load it.

    Raises:
        InvalidParameter: cloudpickle is missing, or the model cannot be pickled.
    """
    cloudpickle = cloudpickle_or_advice()
    from cuvee.models import python_model as ours

    # What else of ours a model is made of travels in the pickle: MLflow has no such module.
    cloudpickle.register_pickle_by_value(ours)

    def by_mlflow_name(obj: Any) -> Any:
        for cls in (ours.PythonModel, ours.PythonModelContext):
            if obj is cls:
                return getattr, (_Module("mlflow.pyfunc.model"), cls.__name__)
        return None

    buffer = io.BytesIO()
    try:
        _pickler(cloudpickle, buffer, by_mlflow_name).dump(python_model)
    except (pickle.PicklingError, TypeError, AttributeError, RecursionError) as e:
        raise InvalidParameter(
            f"The Python model cannot be pickled: {e}. Keep open files, locks and connections out "
            "of it, and make them in load_context instead."
        ) from e
    finally:
        cloudpickle.unregister_pickle_by_value(ours)
    stream.write(buffer.getbuffer())


def _pickler(cloudpickle: Any, stream: IO[bytes], reducer: Callable[[Any], Any]) -> Any:
    class Pickler(cloudpickle.Pickler):  # type: ignore[misc]  # cloudpickle has no types
        def reducer_override(self, obj: Any) -> Any:
            found = reducer(obj)
            return super().reducer_override(obj) if found is None else found

    return Pickler(stream)


def cloudpickle_or_advice() -> Any:
    """Import cloudpickle.

    Raises:
        InvalidParameter: it is not installed.
    """
    try:
        import cloudpickle
    except ModuleNotFoundError as e:
        raise InvalidParameter(
            "Python models need cloudpickle: pip install 'cuvee[pyfunc]'."
        ) from e
    return cloudpickle
