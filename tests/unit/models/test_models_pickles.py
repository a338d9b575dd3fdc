"""Python models pass between Cuvee and MLflow, with neither needing the other."""

from __future__ import annotations

import gzip
import io
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import cloudpickle
import pytest

from cuvee.errors import CuveeError, InvalidParameter
from cuvee.models.pickles import dump_python_model, load_pickle, open_pickle
from cuvee.models.python_model import FunctionModel, PythonModel, call_predict

FAKE_MLFLOW = """
import sys, types, pickle, cloudpickle
for name in "mlflow mlflow.pyfunc mlflow.pyfunc.model mlflow.types mlflow.types.schema".split():
    sys.modules[name] = types.ModuleType(name)
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, sys.modules[name])
model = sys.modules["mlflow.pyfunc.model"]
class PythonModel:
    __module__ = model.__name__
class _FunctionPythonModel(PythonModel):
    __module__ = model.__name__
class Schema:
    __module__ = "mlflow.types.schema"
model.PythonModel, model._FunctionPythonModel = PythonModel, _FunctionPythonModel
sys.modules["mlflow.types.schema"].Schema = Schema
"""


def in_mlflow(code: str, stdin: bytes = b"") -> bytes:
    """Run code in a process that has MLflow's names but nothing of Cuvee."""
    lines = FAKE_MLFLOW + "sys.modules['cuvee'] = None\n" + code
    ran = subprocess.run(
        [sys.executable, "-c", lines], input=stdin, capture_output=True, check=True, timeout=60
    )
    return ran.stdout


@pytest.fixture(autouse=True)
def _no_mlflow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mlflow", None)


def test_a_model_that_mlflow_pickled_loads_without_mlflow() -> None:
    data = in_mlflow("""
class Mine(PythonModel):
    def predict(self, context, model_input):
        return [context, model_input]
sys.stdout.buffer.write(cloudpickle.dumps(Mine()))
""")
    loaded = load_pickle(io.BytesIO(data))
    assert isinstance(loaded, PythonModel)
    assert call_predict(loaded, "context", [1], None) == ["context", [1]]  # type: ignore[arg-type]


def test_a_function_that_mlflow_pickled_loads_without_mlflow() -> None:
    data = in_mlflow("""
mine = _FunctionPythonModel()
mine.func = lambda data: [d * 2 for d in data]
mine.signature = Schema()
mine.signature.inputs = [1]
sys.stdout.buffer.write(cloudpickle.dumps(mine))
""")
    loaded = load_pickle(io.BytesIO(data))
    assert isinstance(loaded, FunctionModel)
    assert call_predict(loaded, None, [1, 2], None) == [2, 4]


def test_a_model_that_needs_more_of_mlflow_says_so() -> None:
    with pytest.raises(InvalidParameter, match="pip install mlflow"):
        load_pickle(io.BytesIO(b"cmlflow.store.thing\nstore\n."))


def test_mlflows_exceptions_become_ours() -> None:
    assert load_pickle(io.BytesIO(b"cmlflow.exceptions\nMlflowException\n.")) is CuveeError


class Doubling(PythonModel):
    """Doubles every number."""

    def predict(self, model_input: Any) -> Any:  # type: ignore[override]
        return [d * 2 for d in model_input]


def test_a_model_pickled_here_loads_where_cuvee_is_not_installed() -> None:
    cloudpickle.register_pickle_by_value(sys.modules[__name__])  # as a script's own classes are
    try:
        for model in (Doubling(), FunctionModel(lambda data: [d * 2 for d in data])):
            stream = io.BytesIO()
            dump_python_model(model, stream)
            told = in_mlflow(
                "loaded = pickle.load(sys.stdin.buffer)\n"
                "print(isinstance(loaded, PythonModel), loaded.predict([1, 2]))",
                stream.getvalue(),
            )
            assert told.decode().strip() == "True [2, 4]"
            again = load_pickle(io.BytesIO(stream.getvalue()))
            assert isinstance(again, PythonModel)
            assert call_predict(again, None, [1, 2], None) == [2, 4]
    finally:
        cloudpickle.unregister_pickle_by_value(sys.modules[__name__])


def test_a_model_that_cannot_be_pickled_is_refused_with_advice(tmp_path: Path) -> None:
    class Holder(PythonModel):
        def __init__(self) -> None:
            self.stream = (tmp_path / "x").open("w")

    model = Holder()
    with model.stream, pytest.raises(InvalidParameter, match="load_context"):
        dump_python_model(model, io.BytesIO())


def test_a_missing_module_is_named() -> None:
    with pytest.raises(InvalidParameter, match="'nowhere_at_all'"):
        load_pickle(io.BytesIO(b"cnowhere_at_all\nThing\n."))


def test_compressed_pickles_are_opened(tmp_path: Path) -> None:
    path = tmp_path / "x.gz"
    path.write_bytes(gzip.compress(pickle.dumps([1])))
    with open_pickle(path, "gzip") as stream:
        assert load_pickle(stream) == [1]
    with pytest.raises(InvalidParameter, match="lzma, bzip2, gzip"):
        open_pickle(path, "rot13")


def test_predict_gets_the_arguments_that_it_has() -> None:
    class Full(PythonModel):
        def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:
            return [context, model_input, params]

    class Odd(PythonModel):
        def predict(self, ctx: Any, data: Any) -> Any:  # type: ignore[override]
            return [ctx, data]

    class Small(PythonModel):
        def predict(self, model_input: Any, params: Any = None) -> Any:  # type: ignore[override]
            return [model_input, params]

    context: Any = "c"
    assert call_predict(Full(), context, "d", {"p": 1}) == ["c", "d", {"p": 1}]
    assert call_predict(Odd(), context, "d", {"p": 1}) == ["c", "d"]
    assert call_predict(Small(), context, "d", {"p": 1}) == ["d", {"p": 1}]
    function = FunctionModel(lambda data, params: [data, params])
    assert call_predict(function, context, "d", {"p": 1}) == ["d", {"p": 1}]
    with pytest.raises(NotImplementedError, match="PythonModel has no predict"):
        PythonModel().predict(None, 1)
