"""Artifacts: log, list, download."""

from __future__ import annotations

import hashlib
import json
import pathlib
import tempfile
from typing import Any


def log_files(mlflow: Any, folder: pathlib.Path) -> str:
    """Log files and a tree, and return the digest of the large one."""
    large = bytes(range(256)) * 16 * 1024  # 4 MiB
    (folder / "large.bin").write_bytes(large)
    (folder / "empty").touch()
    for name in ("a b+c.txt", "vin été 🍷.txt"):
        (folder / name).write_text(name, encoding="utf-8")
    tree = folder / "tree"
    (tree / "sub" / "deep").mkdir(parents=True)
    (tree / "top.txt").write_text("top", encoding="utf-8")
    (tree / "sub" / "deep" / "leaf.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    mlflow.log_artifact(str(folder / "large.bin"))
    mlflow.log_artifact(str(folder / "empty"), "odd")
    for name in ("a b+c.txt", "vin été 🍷.txt"):
        mlflow.log_artifact(str(folder / name), artifact_path="odd")
    mlflow.log_artifacts(str(tree))
    mlflow.log_artifacts(str(tree), artifact_path="copies/one")
    return hashlib.sha256(large).hexdigest()


def log_values(mlflow: Any) -> None:
    """Log texts, dicts and a figure."""
    from matplotlib.figure import Figure

    mlflow.log_text("first", "notes/note.txt")
    mlflow.log_text("second 🍷", "notes/note.txt")
    mlflow.log_dict({"a": [1, 2.5, None], "é": True}, "notes/d.json")
    mlflow.log_dict({"a": {"b": 1}}, "notes/d.yaml")
    figure = Figure()
    figure.subplots().plot([1, 2, 3])
    mlflow.log_figure(figure, "plots/line.png")


def run(mlflow: Any, prefix: str, options: dict[str, Any]) -> dict[str, Any]:
    """Log artifacts of every kind and get them back."""
    del options
    client = mlflow.MlflowClient()
    mlflow.set_experiment(prefix + "artifacts")
    with tempfile.TemporaryDirectory() as folder, mlflow.start_run() as active:
        digest = log_files(mlflow, pathlib.Path(folder))
        log_values(mlflow)
        uri = mlflow.get_artifact_uri()
        text_uri = mlflow.get_artifact_uri("notes/note.txt")
    run_id = active.info.run_id

    def listed(path: str | None = None) -> list[list[Any]]:
        files = client.list_artifacts(run_id, path)
        # MLflow's own server leaves out the size of an empty file.
        return sorted([f.path, f.is_dir, None if f.is_dir else f.file_size or 0] for f in files)

    facts: dict[str, Any] = {
        "uri": uri.replace(run_id, "RUN").replace(active.info.experiment_id, "EXPERIMENT"),
        "uri of a file": text_uri == uri + "/notes/note.txt",
        "root": listed(),
        "odd": listed("odd"),
        "copies": listed("copies"),
        "leaf": listed("copies/one/sub/deep"),
        "list of a file": listed("large.bin"),
        "list of nothing": listed("nothing"),
    }
    with tempfile.TemporaryDirectory() as folder:
        path = client.download_artifacts(run_id, "large.bin", folder)
        downloaded = pathlib.Path(path).read_bytes()
        facts["large file is whole"] = hashlib.sha256(downloaded).hexdigest() == digest
        root = pathlib.Path(mlflow.artifacts.download_artifacts(artifact_uri=uri, dst_path=folder))
        files = sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file())
        facts["whole tree"] = files
        facts["odd texts"] = (root / "odd" / "vin été 🍷.txt").read_text(encoding="utf-8")
        facts["json"] = json.loads((root / "notes" / "d.json").read_text(encoding="utf-8"))
        facts["figure is a PNG"] = (root / "plots" / "line.png").read_bytes()[1:4] == b"PNG"
        one = mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="copies/one")
        facts["a folder"] = sorted(p.name for p in pathlib.Path(one).iterdir())
    with tempfile.TemporaryDirectory() as folder:
        everything = pathlib.Path(client.download_artifacts(run_id, ".", folder))
        facts["all by a dot"] = sorted(p.name for p in everything.iterdir())
    facts["text was replaced"] = mlflow.artifacts.load_text(f"runs:/{run_id}/notes/note.txt")
    facts["dict"] = mlflow.artifacts.load_dict(uri + "/notes/d.json")
    return facts
