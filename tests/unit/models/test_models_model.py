"""The MLmodel file: what is read is written again, and nothing in it is trusted."""

from __future__ import annotations

from pathlib import Path

import pytest

from cuvee.errors import AlreadyExists, InvalidParameter, NotFound
from cuvee.models import Model, ModelInfo
from cuvee.models.directory import copy_code, inside, new_directory
from cuvee.models.signature import infer_signature

MLFLOW_3 = """\
artifact_path: mlflow-artifacts:/1/models/m-1/artifacts
flavors:
  python_function:
    env:
      conda: conda.yaml
      virtualenv: python_env.yaml
    loader_module: mlflow.sklearn
    model_path: model.skops
    predict_fn: predict
    python_version: 3.11.7
  sklearn:
    code: null
    pickled_model: model.skops
    serialization_format: skops
    sklearn_version: 1.9.1
    skops_trusted_types: null
is_signature_from_type_hint: false
mlflow_version: 3.17.2
model_id: m-1
model_size_bytes: 7124
model_uuid: m-1
prompts: null
run_id: r1
saved_input_example_info:
  artifact_path: input_example.json
  pandas_orient: split
  serving_input_path: serving_input_example.json
  type: dataframe
signature:
  inputs: '[{"type": "double", "name": "a", "required": true}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1]}}]'
  params: null
something_new:
  kept: true
type_hint_from_example: false
utc_time_created: '2026-11-23 15:27:35.924275'
"""


def test_what_mlflow_wrote_is_written_again_unchanged(tmp_path: Path) -> None:
    (tmp_path / "MLmodel").write_text(MLFLOW_3)
    model = Model.load(tmp_path)
    assert (model.run_id, model.model_id, model.mlflow_version) == ("r1", "m-1", "3.17.2")
    assert model.get_input_schema() is not None
    assert model.extra["something_new"] == {"kept": True}
    model.save(tmp_path / "MLmodel")
    assert (tmp_path / "MLmodel").read_text() == MLFLOW_3


def test_an_old_model_with_few_fields_is_read() -> None:
    model = Model.from_yaml(
        "artifact_path: model\n"
        "flavors:\n  python_function:\n    loader_module: mlflow.sklearn\n    data: model.pkl\n"
        "    env: conda.yaml\n"
        "run_id: r\nutc_time_created: 2020-01-02 03:04:05.000006\n"
    )
    assert model.model_uuid is None
    assert model.signature is None
    assert model.utc_time_created == "2020-01-02 03:04:05.000006"


def test_a_new_model_has_an_id_and_a_time() -> None:
    one, two = Model(), Model()
    assert one.model_uuid != two.model_uuid
    assert len(str(one.model_uuid)) == 32
    assert Model.from_yaml(one.to_yaml()).utc_time_created == one.utc_time_created


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a",
        "flavors: 3",
        "flavors:\n  sklearn: x",
        "{",
        "a: 1",
        "flavors: {}\nsignature: {inputs: x}",
    ],
)
def test_text_that_is_no_model_is_refused(text: str) -> None:
    with pytest.raises(InvalidParameter):
        Model.from_yaml(text)


def test_references_to_references_are_refused_and_not_followed() -> None:
    lines = ["flavors: {f: {a: 1}}", "a0: &a0 [x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 8)}]" for n in range(1, 40)]
    with pytest.raises(InvalidParameter, match="not valid YAML: more than 200000 values"):
        Model.from_yaml("\n".join(lines))
    shared = Model.from_yaml("flavors: {f: &f {a: 1}, g: *f}")
    assert shared.flavors == {"f": {"a": 1}, "g": {"a": 1}}


def test_yaml_that_would_make_objects_is_refused(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    with pytest.raises(InvalidParameter, match="not valid YAML"):
        Model.from_yaml(f"flavors: !!python/object/apply:os.system ['touch {mark}']")
    assert not mark.exists()


def test_a_missing_or_binary_file_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="MLmodel"):
        Model.load(tmp_path)
    (tmp_path / "MLmodel").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidParameter):
        Model.load(tmp_path)


def test_an_unknown_flavor_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidParameter, match="it has: sklearn"):
        Model().with_flavor("sklearn", {}).flavor("xgboost")


@pytest.mark.parametrize(
    "name", ["../secret", "/etc/passwd", "a/../../secret", "", None, 3, "link", "a\0b", "missing"]
)
def test_a_file_name_never_leads_out_of_the_directory(tmp_path: Path, name: object) -> None:
    root = tmp_path / "model"
    root.mkdir()
    (tmp_path / "secret").write_text("x")
    (root / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(InvalidParameter):
        inside(root, name)


def test_a_directory_with_files_is_not_overwritten(tmp_path: Path) -> None:
    assert new_directory(tmp_path / "new").is_dir()
    (tmp_path / "new" / "file").write_text("x")
    with pytest.raises(AlreadyExists):
        new_directory(tmp_path / "new")


def test_code_is_copied_without_compiled_files(tmp_path: Path) -> None:
    package = tmp_path / "package"
    (package / "__pycache__").mkdir(parents=True)
    (package / "a.py").write_text("x = 1")
    (package / "__pycache__" / "a.pyc").write_bytes(b"x")
    root = new_directory(tmp_path / "model")
    assert copy_code([str(package)], root) == "code"
    copied = [p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file()]
    assert copied == ["code/package/a.py"]


@pytest.mark.parametrize("paths", [["missing"], "one.py"])
def test_code_paths_that_are_wrong_are_refused(tmp_path: Path, paths: list[str]) -> None:
    with pytest.raises(InvalidParameter):
        copy_code(paths, new_directory(tmp_path / "model"))


def test_the_directory_to_save_to_is_not_packed_into_itself(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameter, match="holds the directory"):
        copy_code([str(tmp_path)], new_directory(tmp_path / "model"))


def test_info_has_what_the_model_says_and_what_logging_added() -> None:
    model = Model(model_id="m-1", run_id="r", signature=infer_signature([1]))
    info = ModelInfo.of(model, "models:/m-1", registered_model_version=3, run_id=None)
    assert (info.model_uri, info.run_id, info.registered_model_version) == ("models:/m-1", "r", 3)
    assert info.signature == model.signature
    assert info.signature_dict == infer_signature([1]).to_dict()
