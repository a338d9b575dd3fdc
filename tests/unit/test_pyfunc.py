"""Python models: saved, loaded, and asked."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

import cuvee
import cuvee.pyfunc
from cuvee.errors import AlreadyExists, EnforcementFailed, InvalidParameter, NotFound
from cuvee.models import Model, infer_signature
from cuvee.models.signature import ModelSignature
from cuvee.pyfunc import PythonModel, PythonModelContext

FRAME = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})


class Adder(PythonModel):
    """Adds a number that lies in a packaged file."""

    def __init__(self) -> None:
        self.number = 0.0

    def load_context(self, context: PythonModelContext) -> None:
        self.number = float(Path(context.artifacts["number"]).read_text())

    def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:
        config = context.model_config or {}
        factor = (params or {}).get("factor", 1) * config.get("scale", 1)
        return [float(v) * factor + self.number for v in model_input["a"]]


def double(model_input: Any) -> Any:
    return [v * 2 for v in model_input["a"]]


def save_adder(tmp_path: Path, **arguments: Any) -> Path:
    (tmp_path / "number.txt").write_text("10")
    path = tmp_path / "model"
    cuvee.pyfunc.save_model(
        path,
        python_model=Adder(),
        artifacts={"number": str(tmp_path / "number.txt")},
        **arguments,
    )
    return path


def test_a_python_model_predicts_with_its_files_params_and_config(tmp_path: Path) -> None:
    signature = infer_signature(FRAME[["a"]], [1.0], {"factor": 1})
    path = save_adder(tmp_path, signature=signature, model_config={"scale": 2})
    (tmp_path / "number.txt").unlink()
    model = cuvee.pyfunc.load_model(path, trust="pickle")
    assert model.predict(FRAME) == [12.0, 14.0]
    assert model.predict(FRAME, params={"factor": 3}) == [16.0, 22.0]
    assert isinstance(model.unwrap_python_model(), cuvee.pyfunc.PythonModel)
    assert model.model_config == {"scale": 2}
    other = cuvee.pyfunc.load_model(path, trust="pickle", model_config={"scale": 0})
    assert other.predict(FRAME) == [10.0, 10.0]
    with pytest.raises(EnforcementFailed, match="'a'"):
        model.predict(FRAME[["b"]])


def test_the_mlmodel_file_is_what_mlflow_writes(tmp_path: Path) -> None:
    path = save_adder(tmp_path, metadata={"team": "wine"}, input_example=(FRAME, {"factor": 2}))
    raw = yaml.safe_load((path / "MLmodel").read_text())
    flavor = raw["flavors"]["python_function"]
    assert flavor["loader_module"] == "mlflow.pyfunc.model"
    assert flavor["python_model"] == "python_model.pkl"
    assert flavor["env"] == {"conda": "conda.yaml", "virtualenv": "python_env.yaml"}
    assert flavor["artifacts"]["number"]["path"] == "artifacts/number.txt"
    assert flavor["code"] is None
    assert flavor["streamable"] is False
    assert raw["metadata"] == {"team": "wine"}
    assert raw["model_size_bytes"] > 0
    assert list(raw) == sorted(raw)
    assert "mlflow_version" not in raw
    signature = ModelSignature.from_dict(raw["signature"])
    assert signature == infer_signature(FRAME, [1.0], {"factor": 2})


def test_a_function_is_a_model(tmp_path: Path) -> None:
    cuvee.pyfunc.save_model(tmp_path / "model", python_model=double, input_example=FRAME)
    model = cuvee.pyfunc.load_model(tmp_path / "model", trust="pickle")
    assert model.predict(FRAME) == [2.0, 4.0]
    pd.testing.assert_frame_equal(model.input_example, FRAME)
    assert model.metadata.get_output_schema() == infer_signature(None, [1.0]).outputs


def test_a_function_may_take_params(tmp_path: Path) -> None:
    def power(model_input: Any, params: Any) -> Any:
        return [v ** params["n"] for v in model_input["a"]]

    example = (FRAME, {"n": 2})
    cuvee.pyfunc.save_model(tmp_path / "model", python_model=power, input_example=example)
    model = cuvee.pyfunc.load_model(tmp_path / "model", trust="pickle")
    assert model.predict(FRAME) == [1.0, 4.0]
    assert model.predict(FRAME, {"n": 3}) == [1.0, 8.0]


def test_an_example_that_the_model_cannot_predict_leaves_outputs_open(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(model_input: Any) -> Any:
        raise ValueError(f"no {len(model_input)}")

    with caplog.at_level(logging.WARNING):
        model = cuvee.pyfunc.save_model(
            tmp_path / "model", python_model=broken, input_example=FRAME
        )
    assert "ValueError: no 2" in caplog.text
    assert model.get_input_schema() is not None
    assert model.get_output_schema() is None


def test_no_signature_is_inferred_where_none_is_wanted(tmp_path: Path) -> None:
    model = cuvee.pyfunc.save_model(
        tmp_path / "model", python_model=double, input_example=FRAME, signature=False
    )
    assert model.signature is None
    loaded = cuvee.pyfunc.load_model(tmp_path / "model", trust="pickle")
    assert loaded.predict({"a": [1]}) == [2]


def save_with_code(tmp_path: Path, name: str, answer: str) -> Path:
    source = tmp_path / name / "packed_answers.py"
    source.parent.mkdir()
    source.write_text(f"ANSWER = {answer!r}\n")

    def ask(model_input: Any) -> Any:
        import packed_answers  # type: ignore[import-not-found]

        return [packed_answers.ANSWER for _ in model_input]

    class Asker(PythonModel):
        def load_context(self, context: Any) -> None:  # noqa: ARG002
            import packed_answers

            self.answer = packed_answers.ANSWER

        def predict(self, model_input: Any) -> Any:  # type: ignore[override]
            return [self.answer, *ask(model_input)]

    path = tmp_path / f"model-{name}"
    cuvee.pyfunc.save_model(path, python_model=Asker(), code_paths=[str(source)])
    return path


def test_packaged_code_is_imported_and_each_version_gets_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    one, two = save_with_code(tmp_path, "one", "1"), save_with_code(tmp_path, "two", "2")
    first = cuvee.pyfunc.load_model(one, trust="pickle")
    second = cuvee.pyfunc.load_model(two, trust="pickle")
    assert (first.predict([0])[0], second.predict([0])[0]) == ("1", "2")
    del sys.modules["packed_answers"]


def test_artifacts_of_the_same_file_name_are_kept_apart(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file.txt").write_text(name)

    class Reader(PythonModel):
        def predict(self, context: Any, model_input: Any) -> Any:  # type: ignore[override]
            return [Path(context.artifacts[v]).read_text() for v in model_input]

    artifacts = {n: f"file://{tmp_path / n / 'file.txt'}" for n in ("one", "two")}
    artifacts["tree"] = str(tmp_path / "one")
    cuvee.pyfunc.save_model(tmp_path / "model", python_model=Reader(), artifacts=artifacts)
    model = cuvee.pyfunc.load_model(tmp_path / "model", trust="pickle")
    assert model.predict(["one", "two"]) == ["one", "two"]
    assert (tmp_path / "model" / "artifacts" / "one" / "file.txt").exists()


def test_a_loader_module_of_ones_own_loads_its_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "table.txt").write_text("7")
    (tmp_path / "packed_loader.py").write_text(
        "class Table:\n"
        "    def __init__(self, n): self.n = n\n"
        "    def predict(self, data): return [self.n for _ in data]\n"
        "def _load_pyfunc(path):\n    with open(path) as f: return Table(int(f.read()))\n"
    )
    cuvee.pyfunc.save_model(
        tmp_path / "model",
        loader_module="packed_loader",
        data_path=tmp_path / "table.txt",
        code_paths=[str(tmp_path / "packed_loader.py")],
    )
    model = cuvee.pyfunc.load_model(tmp_path / "model", trust="pickle")
    assert model.predict([1, 2]) == [7, 7]
    with pytest.raises(InvalidParameter, match="packed_loader"):
        model.unwrap_python_model()
    assert model.get_raw_model().n == 7
    del sys.modules["packed_loader"]


def test_a_flavour_whose_package_is_missing_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "MLmodel").write_text(
        "flavors: {python_function: {loader_module: nowhere_at_all.models}}"
    )
    with pytest.raises(InvalidParameter, match="pip install nowhere_at_all"):
        cuvee.pyfunc.load_model(tmp_path, trust="pickle")


def test_byte_code_of_another_python_is_refused_instead_of_run(tmp_path: Path) -> None:
    cuvee.pyfunc.save_model(
        tmp_path / "model", python_model=lambda model_input: [0 for _ in model_input]
    )
    file = tmp_path / "model" / "MLmodel"
    version = ".".join(map(str, sys.version_info[:3]))
    file.write_text(file.read_text().replace(version, "3.8.1"))
    with pytest.raises(InvalidParameter, match=r"compiled by Python 3\.8\.1"):
        cuvee.pyfunc.load_model(tmp_path / "model", trust="pickle")


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"python_model": double, "loader_module": "x"},
        {"python_model": 3},
        {"python_model": Adder},
        {"python_model": double, "signature": "x"},
        {"python_model": double, "artifacts": {"a": "missing"}},
        {"python_model": double, "model_config": "missing.yaml"},
        {"python_model": double, "code_paths": ["missing"]},
        {"loader_module": "x", "data_path": "missing"},
    ],
)
def test_arguments_that_make_no_model_are_refused(
    tmp_path: Path, arguments: dict[str, Any]
) -> None:
    with pytest.raises(InvalidParameter):
        cuvee.pyfunc.save_model(tmp_path / "model", **arguments)


def test_a_model_is_not_saved_over_another(tmp_path: Path) -> None:
    cuvee.pyfunc.save_model(tmp_path / "model", python_model=double)
    with pytest.raises(AlreadyExists):
        cuvee.pyfunc.save_model(tmp_path / "model", python_model=double)


def test_a_type_hinted_model_of_mlflows_gets_the_data_as_they_are(tmp_path: Path) -> None:
    def plain(model_input: Any) -> Any:
        return [type(model_input).__name__]

    signature = infer_signature(["x"])
    cuvee.pyfunc.save_model(tmp_path / "model", python_model=plain, signature=signature)
    file = tmp_path / "model" / "MLmodel"
    told = cuvee.pyfunc.load_model(tmp_path / "model", trust="pickle").predict(["x"])
    assert told == ["DataFrame"]
    text = file.read_text()
    for key in ("is_signature_from_type_hint", "type_hint_from_example"):
        file.write_text(text.replace(f"{key}: false", f"{key}: true"))
        assert cuvee.pyfunc.load_model(tmp_path / "model", trust="pickle").predict(["x"]) == [
            "list"
        ]


def test_a_copy_is_left_where_it_is_asked_for(tmp_path: Path) -> None:
    cuvee.pyfunc.save_model(tmp_path / "model", python_model=double)
    cuvee.pyfunc.load_model(tmp_path / "model", dst_path=tmp_path / "copy", trust="pickle")
    assert Model.load(tmp_path / "copy") == Model.load(tmp_path / "model")


def test_dependencies_are_told_as_files(tmp_path: Path) -> None:
    cuvee.pyfunc.save_model(tmp_path / "model", python_model=double)
    pip = cuvee.pyfunc.get_model_dependencies(str(tmp_path / "model"))
    assert "cloudpickle==" in Path(pip).read_text()
    conda = cuvee.pyfunc.get_model_dependencies(f"file://{tmp_path / 'model'}", "conda")
    assert conda.endswith("conda.yaml")
    with pytest.raises(InvalidParameter):
        cuvee.pyfunc.get_model_dependencies(tmp_path / "model", "poetry")
    (tmp_path / "model" / "conda.yaml").unlink()
    with pytest.raises(NotFound):
        cuvee.pyfunc.get_model_dependencies(tmp_path / "model", "conda")


def test_a_logged_model_is_found_by_every_uri(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for variable in ("CUVEE_TRACKING_URI", "MLFLOW_TRACKING_URI"):
        monkeypatch.delenv(variable, raising=False)
    (tmp_path / "number.txt").write_text("1")
    with cuvee.start_run() as run:
        info = cuvee.pyfunc.log_model(
            name="adder",
            python_model=Adder(),
            artifacts={"number": "number.txt"},
            input_example=FRAME,
            registered_model_name="adder",
            params={"depth": 3},
            tags={"team": "wine"},
        )
    assert (info.run_id, info.registered_model_version) == (run.info.run_id, 1)
    assert info.model_uuid == info.model_id
    for uri in (info.model_uri, "models:/adder/1", f"runs:/{run.info.run_id}/adder"):
        model = cuvee.pyfunc.load_model(uri, trust="pickle")
        assert model.predict(FRAME) == [2.0, 3.0]
        assert model.metadata.run_id == run.info.run_id
        assert cuvee.models.get_model_info(uri).signature == info.signature
    found = cuvee.pyfunc.get_model_info("models:/adder/1")
    assert found.name == "adder"
    assert dict(found.params or {})["depth"] == "3"
    assert found.artifact_path == info.artifact_path


def test_sparse_and_array_data_reach_a_model_without_signature(tmp_path: Path) -> None:
    cuvee.pyfunc.save_model(tmp_path / "m", python_model=lambda model_input: model_input.sum())
    model = cuvee.pyfunc.load_model(tmp_path / "m", trust="pickle")
    assert model.predict(np.ones(3)) == 3
