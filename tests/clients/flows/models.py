"""Models of both flavors, logged by one client so that others can load them."""

from __future__ import annotations

from typing import Any

ROWS = [[9.4, 3.51], [9.8, 3.2], [11.2, 3.16], [12.5, 3.3]]


def frame() -> Any:
    """Return the rows that every model predicts for."""
    import pandas as pd

    return pd.DataFrame(ROWS, columns=["alcohol", "pH"])


def fitted() -> Any:
    """Return a regression fitted to those rows."""
    from sklearn.linear_model import LinearRegression

    return LinearRegression().fit(frame(), [5.0, 5.5, 6.0, 7.0])


def spread(model_input: Any) -> Any:
    """Predict the difference of the two columns: a model that is a plain function."""
    return model_input["alcohol"] - model_input["pH"]


def offset_model(mlflow: Any) -> Any:
    """Return a model written as a class, with an artifact of its own."""

    class Offset(mlflow.pyfunc.PythonModel):  # type: ignore[misc]
        """Adds what stands in its artifact to the alcohol."""

        def load_context(self, context: Any) -> None:
            with open(context.artifacts["offset"], encoding="utf-8") as file:  # noqa: PTH123
                self.offset = float(file.read())

        def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:
            del context, params
            return model_input["alcohol"] + self.offset

    return Offset()


def log(mlflow: Any, prefix: str, options: dict[str, Any]) -> dict[str, Any]:
    """Log and register one model of each kind; the facts are their URIs.

    `options["kinds"]` is for clients that do not know functions as models (before 2.0).
    """
    import pathlib
    import tempfile

    kinds = options.get("kinds", ["sklearn", "offset", "spread"])

    model, rows = fitted(), frame()
    signature = mlflow.models.infer_signature(rows, model.predict(rows))
    known = {"signature": signature, "pip_requirements": ["scikit-learn", "cloudpickle"]}
    sklearn = {"registered_model_name": prefix + "sklearn", **known}
    if options.get("serialization_format"):
        sklearn["serialization_format"] = options["serialization_format"]
    mlflow.set_experiment(prefix + "models")
    with tempfile.TemporaryDirectory() as folder, mlflow.start_run() as active:
        path = pathlib.Path(folder) / "offset.txt"
        path.write_text("0.5", encoding="utf-8")
        mlflow.sklearn.log_model(model, artifact_path="sklearn", **sklearn)
        mlflow.pyfunc.log_model(
            artifact_path="offset",
            python_model=offset_model(mlflow),
            artifacts={"offset": str(path)},
            registered_model_name=prefix + "offset",
            **known,
        )
        if "spread" in kinds:
            mlflow.pyfunc.log_model(
                artifact_path="spread",
                python_model=spread,
                registered_model_name=prefix + "spread",
                **known,
            )
    return {
        "run": active.info.run_id,
        "uris": {kind: f"models:/{prefix}{kind}/1" for kind in kinds},
    }


def load(mlflow: Any, uris: dict[str, str], options: dict[str, Any]) -> dict[str, Any]:
    """Load models by URI and return what they predict, and how bad data are refused."""
    rows, consent = frame(), options.get("load", {})
    facts: dict[str, Any] = {}
    for kind, uri in uris.items():
        loaded = mlflow.pyfunc.load_model(uri, **consent)
        facts[kind] = [round(float(p), 9) for p in loaded.predict(rows)]
        columns = loaded.metadata.signature.inputs.to_dict()
        facts[kind + " inputs"] = [[c["name"], c["type"]] for c in columns]
        try:
            loaded.predict(rows.drop(columns="pH"))
        except Exception as error:  # noqa: BLE001  clients have exception classes of their own
            facts[kind + " refuses"] = "pH" in str(error)
    if "sklearn" in uris:
        native = mlflow.sklearn.load_model(uris["sklearn"], **consent)
        facts["coefficients"] = [round(float(c), 9) for c in native.coef_]
    info = mlflow.models.get_model_info(next(iter(uris.values())))
    facts["flavors"] = sorted(info.flavors)
    return facts


def run(mlflow: Any, prefix: str, options: dict[str, Any]) -> dict[str, Any]:
    """Log (`options["do"]` is "log") or load (`options["uris"]`) models, or both."""
    if options.get("do") == "log":
        return log(mlflow, prefix, options)
    if "uris" in options:
        return load(mlflow, options["uris"], options)
    return load(mlflow, log(mlflow, prefix, options)["uris"], options)
