"""Nothing that a model holds is run without consent, whatever the model says about itself."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cuvee.pyfunc
import cuvee.sklearn
from cuvee.errors import CuveeError, InvalidParameter, UntrustedModel
from cuvee.models.directory import files_below
from cuvee.models.pickles import names_in
from cuvee.models.trust import Consent, consent, digest_of

SKLEARN = "flavors: {sklearn: {pickled_model: model.pkl, serialization_format: %s}, \
python_function: {loader_module: mlflow.sklearn, model_path: model.pkl}}"


class Bomb:
    """Pickles to a command that leaves a mark."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.mark),)


def evil_pickle(root: Path, mark: Path) -> None:
    (root / "model.pkl").write_bytes(pickle.dumps(Bomb(mark)))
    (root / "MLmodel").write_text(SKLEARN % "pickle")


def evil_cloudpickle(root: Path, mark: Path) -> None:
    evil_pickle(root, mark)
    (root / "MLmodel").write_text(SKLEARN % "cloudpickle")


def evil_without_format(root: Path, mark: Path) -> None:
    evil_pickle(root, mark)
    (root / "MLmodel").write_text(
        "flavors: {python_function: {loader_module: mlflow.sklearn, data: model.pkl}}"
    )


def evil_python_model(root: Path, mark: Path) -> None:
    (root / "python_model.pkl").write_bytes(pickle.dumps(Bomb(mark)))
    (root / "MLmodel").write_text(
        "flavors: {python_function: {loader_module: mlflow.pyfunc.model, "
        "python_model: python_model.pkl, python_version: 1.2.3}}"
    )


def evil_loader(root: Path, mark: Path) -> None:
    (root / "code").mkdir()
    (root / "code" / "evil_loader_module.py").write_text(f"import os; os.mkdir({str(mark)!r})")
    (root / "MLmodel").write_text(
        "flavors: {python_function: {loader_module: evil_loader_module, code: code}}"
    )


def evil_code(root: Path, mark: Path) -> None:
    """A harmless skops file, with code that takes the place of a module it needs."""
    from sklearn.linear_model import LinearRegression

    cuvee.sklearn.save_model(LinearRegression().fit([[1.0], [2.0]], [1, 2]), root)
    (root / "code").mkdir()
    (root / "code" / "sklearn.py").write_text(f"import os; os.mkdir({str(mark)!r})")
    text = (root / "MLmodel").read_text()
    (root / "MLmodel").write_text(text.replace("code: null", "code: code"))


def evil_skops(root: Path, mark: Path) -> None:
    """A skops file that calls a function, and says of itself that this is to be trusted."""
    import skops.io
    from sklearn.preprocessing import FunctionTransformer

    skops.io.dump(FunctionTransformer(os.mkdir, kw_args={"path": str(mark)}), root / "model.skops")
    (root / "MLmodel").write_text(
        "flavors: {sklearn: {pickled_model: model.skops, serialization_format: skops, "
        "skops_trusted_types: [posix.mkdir, nt.mkdir, builtins.eval]}, python_function: "
        "{loader_module: mlflow.sklearn, model_path: model.skops}}"
    )


EVIL = [
    evil_pickle,
    evil_cloudpickle,
    evil_without_format,
    evil_python_model,
    evil_loader,
    evil_code,
    evil_skops,
]


@pytest.mark.parametrize("make", EVIL)
@pytest.mark.parametrize("trust", [None, "sha256:" + "0" * 64, ["package.module.Type"], []])
def test_no_model_runs_without_consent(
    tmp_path: Path, make: Callable[[Path, Path], None], trust: Any
) -> None:
    root, mark = tmp_path / "model", tmp_path / "mark"
    root.mkdir()
    make(root, mark)
    with pytest.raises(UntrustedModel) as refused:
        cuvee.pyfunc.load_model(root, trust=trust)
    assert f"cuvee.pyfunc.load_model({str(root)!r}, trust=" in refused.value.message
    assert not mark.exists()


@pytest.mark.parametrize("make", [evil_pickle, evil_without_format, evil_skops, evil_code])
def test_nor_does_an_estimator(tmp_path: Path, make: Callable[[Path, Path], None]) -> None:
    root, mark = tmp_path / "model", tmp_path / "mark"
    root.mkdir()
    make(root, mark)
    with pytest.raises(UntrustedModel, match=r"cuvee\.sklearn\.load_model"):
        cuvee.sklearn.load_model(root)
    assert not mark.exists()


def test_the_refusal_says_what_would_run_and_its_advice_works(tmp_path: Path) -> None:
    root, mark = tmp_path / "model", tmp_path / "mark"
    root.mkdir()
    evil_pickle(root, mark)
    with pytest.raises(
        UntrustedModel, match=r"unpickles model\.pkl.*imports \w+\.mkdir"
    ) as refused:
        cuvee.sklearn.load_model(root)
    digest = hashlib.sha256((root / "model.pkl").read_bytes()).hexdigest()
    found = re.search(r"trust='(sha256:\w+)'", refused.value.message)
    assert found is not None
    assert found[1] == f"sha256:{digest}"
    assert cuvee.sklearn.load_model(root, trust=found[1]) is None
    assert mark.exists()


def test_a_changed_file_is_not_what_was_agreed_to(tmp_path: Path) -> None:
    root = tmp_path / "model"
    root.mkdir()
    evil_pickle(root, tmp_path / "mark")
    digest = digest_of(root, [root / "model.pkl"])
    with (root / "model.pkl").open("ab") as stream:
        stream.write(b".")
    with pytest.raises(UntrustedModel, match="not this model's"):
        cuvee.sklearn.load_model(root, trust=digest)
    assert not (tmp_path / "mark").exists()


def test_packaged_code_belongs_to_the_digest(tmp_path: Path) -> None:
    (tmp_path / "model.pkl").write_bytes(b"x")
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "a.py").write_text("1")
    files = [tmp_path / "model.pkl", tmp_path / "code"]
    before = digest_of(tmp_path, files)
    listing = "".join(
        f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.relative_to(tmp_path)}\n"
        for p in files_below(tmp_path)
    )
    assert before == hashlib.sha256(listing.encode()).hexdigest()
    (tmp_path / "code" / "a.py").write_text("2")
    assert digest_of(tmp_path, files) != before


@pytest.mark.parametrize("value", ["1", "true", "DIGEST", "DIGEST, " + "0" * 64])
def test_the_environment_can_agree_for_a_whole_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    root, mark = tmp_path / "model", tmp_path / "mark"
    root.mkdir()
    evil_pickle(root, mark)
    digest = digest_of(root, [root / "model.pkl"])
    monkeypatch.setenv("CUVEE_TRUST_PICKLE", value.replace("DIGEST", digest))
    cuvee.sklearn.load_model(root)
    assert mark.exists()


@pytest.mark.parametrize("value", ["", "0", "false", "0" * 64])
def test_the_environment_can_also_disagree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    root = tmp_path / "model"
    root.mkdir()
    evil_pickle(root, tmp_path / "mark")
    monkeypatch.setenv("CUVEE_TRUST_PICKLE", value)
    with pytest.raises(UntrustedModel):
        cuvee.sklearn.load_model(root)


def test_an_unclear_environment_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUVEE_TRUST_PICKLE", "please")
    with pytest.raises(InvalidParameter, match="CUVEE_TRUST_PICKLE"):
        consent(None, "load(")


@pytest.mark.parametrize("trust", [True, False, 1, "yes", "", [1], {"pickle": True}.values()])
def test_vague_consent_is_refused_with_what_would_do(trust: Any) -> None:
    with pytest.raises(InvalidParameter, match="sha256:"):
        consent(trust, "load(")


def test_consent_is_read_from_words_digests_and_types() -> None:
    digest = "A" * 64
    found = consent(["sha256:" + digest, "a.B"], "load(")
    assert found == Consent("load(", False, frozenset({digest.lower()}), frozenset({"a.B"}))
    assert consent("pickle", "load(").everything


def test_types_of_a_skops_file_are_agreed_to_by_name(tmp_path: Path) -> None:
    evil_skops(tmp_path, tmp_path / "mark")
    with pytest.raises(UntrustedModel) as refused:
        cuvee.sklearn.load_model(tmp_path, trust=["other.Type"])
    found = re.search(r"trust=(\[.*\])\)", refused.value.message)
    assert found is not None
    types = json.loads(found[1].replace("'", '"'))
    assert "other.Type" in types
    loaded = cuvee.sklearn.load_model(tmp_path, trust=types)
    assert loaded.func is os.mkdir
    assert not (tmp_path / "mark").exists()


def test_a_damaged_skops_file_is_refused(tmp_path: Path) -> None:
    evil_skops(tmp_path, tmp_path / "mark")
    (tmp_path / "model.skops").write_bytes(b"no archive")
    with pytest.raises(InvalidParameter, match="not a skops file"):
        cuvee.sklearn.load_model(tmp_path)
    with zipfile.ZipFile(tmp_path / "model.skops", "w") as archive:
        archive.writestr("schema.json", "{}")
    with pytest.raises(InvalidParameter, match="not a skops file"):
        cuvee.sklearn.load_model(tmp_path)


@pytest.mark.parametrize(
    "key", ["pickled_model: ../model.pkl", "pickled_model: /etc/passwd", "pickled_model: 3"]
)
def test_a_model_file_outside_the_model_is_refused(tmp_path: Path, key: str) -> None:
    root = tmp_path / "model"
    root.mkdir()
    evil_pickle(tmp_path, tmp_path / "mark")
    (root / "MLmodel").write_text(f"flavors: {{sklearn: {{{key}}}}}")
    with pytest.raises(InvalidParameter):
        cuvee.sklearn.load_model(root, trust="pickle")
    assert not (tmp_path / "mark").exists()


@pytest.mark.parametrize(
    "conf",
    [
        "python_model: ../python_model.pkl",
        "python_model: python_model.pkl, code: ../other",
        "python_model: python_model.pkl, artifacts: {a: {path: ../../etc/passwd}}",
        "python_model: python_model.pkl, python_model_compression: rot13",
    ],
)
def test_a_python_model_with_files_outside_is_refused(tmp_path: Path, conf: str) -> None:
    root = tmp_path / "model"
    root.mkdir()
    (tmp_path / "other").mkdir()
    (root / "python_model.pkl").write_bytes(pickle.dumps(Bomb(tmp_path / "mark")))
    (root / "MLmodel").write_text(
        f"flavors: {{python_function: {{loader_module: mlflow.pyfunc.model, {conf}}}}}"
    )
    with pytest.raises(InvalidParameter):
        cuvee.pyfunc.load_model(root, trust="pickle")
    assert not (tmp_path / "mark").exists()


@pytest.mark.parametrize("name", ["os; touch x", "..", "", 3, None])
def test_a_loader_module_that_is_no_name_is_refused(tmp_path: Path, name: Any) -> None:
    model = {"flavors": {"python_function": {"loader_module": name}}}
    (tmp_path / "MLmodel").write_text(json.dumps(model))
    with pytest.raises(CuveeError, match="loader_module"):
        cuvee.pyfunc.load_model(tmp_path, trust="pickle")


def test_what_a_pickle_imports_is_listed_without_loading_it(tmp_path: Path) -> None:
    path = tmp_path / "x.pkl"
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        path.write_bytes(pickle.dumps([Bomb(tmp_path / "m"), Bomb(tmp_path / "m")], protocol))
        with path.open("rb") as stream:
            assert [n.partition(".")[2] for n in names_in(stream)] == ["mkdir"]
    path.write_bytes(path.read_bytes()[:-5])
    with path.open("rb") as stream:
        assert len(names_in(stream)) == 1
    assert not (tmp_path / "m").exists()
