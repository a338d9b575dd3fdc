"""The wine story, told through the public client; every step checks what it did."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cuvee
from cuvee.api.demo import EXPERIMENT, MODEL
from cuvee.demo.data import TARGET
from cuvee.errors import CuveeError, NotFound

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from cuvee.api.versions import ModelVersion

ONE = ["alcohol"]
SEVERAL = ["alcohol", "volatile acidity", "sulphates", "chlorides", "total sulfur dioxide"]
WITH_PH = [*SEVERAL, "pH"]

Step = Callable[[str], AbstractContextManager[object]]


class StoryFailed(CuveeError):
    """Something in the story did not come out as it is told."""


@dataclass(frozen=True)
class Fit:
    """A linear regression and the run that logged it; ``rmse`` is that of the held-out wines."""

    name: str
    features: list[str]
    run_id: str
    model_uri: str
    rmse: float


@dataclass(frozen=True)
class Holder:
    """A version, the fit it holds, and what it predicts for the held-out wines."""

    version: str
    stage: str
    description: str
    fit: Fit
    predictions: np.ndarray[Any, Any]


class Story:
    """The wine story on one server.

    Args:
        uri: the server's address.
        wines: the data, with the columns of ``cuvee.demo.data.COLUMNS``.
        step: opens a step of the given name, for showing progress.
        source: the file that the data were read from; empty when they were made.
    """

    def __init__(self, uri: str, wines: pd.DataFrame, step: Step, *, source: str = "") -> None:
        held_out = [place % 5 == 0 for place in range(len(wines))]
        self.train = wines[[not out for out in held_out]]
        self.test = wines[held_out]
        self.datasets = [
            cuvee.data.from_pandas(part, source, targets=TARGET, name=name)
            for name, part in (("wines", self.train), ("test wines", self.test))
        ]
        self.step = step
        cuvee.set_tracking_uri(uri)
        self.client = cuvee.MlflowClient(uri)

    def tell(self) -> list[Holder]:
        """Tell it and return the versions in Production and Staging.

        Raises:
            StoryFailed: something did not come out as it is told.
        """
        cuvee.set_experiment(EXPERIMENT)
        first = self.fit("alcohol only", ONE)
        second = self.fit("several fields", SEVERAL)
        production = self.release(
            first,
            "Production",
            "Linear regression on alcohol: the baseline.",
            why="baseline, to have something to compare with",
        )
        third = self.fit("several fields and pH", WITH_PH)
        expect(
            third.rmse < min(first.rmse, second.rmse),
            f"with pH the RMSE is {third.rmse:.4f}; without it was {second.rmse:.4f}",
        )
        staging = self.release(
            third,
            "Staging",
            f"Linear regression on {len(WITH_PH)} fields, with pH.",
            why=f"RMSE {third.rmse:.4f} instead of {first.rmse:.4f}; to be tried before Production",
        )
        with self.step(f"Loading models:/{MODEL}/Production again: nothing there has changed"):
            self.check_unaffected(production)
        with self.step(f"Describing {MODEL}, and reading everything back"):
            self.describe()
            self.check_stored([production, staging])
        return [production, staging]

    def fit(self, name: str, features: list[str]) -> Fit:
        """Fit a linear regression on some fields and log it as a run."""
        import numpy as np
        from sklearn.linear_model import LinearRegression
        from sklearn.metrics import mean_absolute_error, r2_score

        with self.step(f"Logging the run '{name}'") as line, cuvee.start_run(run_name=name) as run:
            cuvee.log_inputs(self.datasets, contexts=["training", "evaluation"])
            model = LinearRegression().fit(self.train[features], self.train[TARGET])
            predicted = model.predict(self.test[features])
            rmse = float(np.sqrt(np.mean((predicted - self.test[TARGET]) ** 2)))
            cuvee.log_params({"features": ", ".join(features), "train_wines": len(self.train)})
            cuvee.log_metrics(
                {
                    "rmse": rmse,
                    "mae": float(mean_absolute_error(self.test[TARGET], predicted)),
                    "r2": float(r2_score(self.test[TARGET], predicted)),
                }
            )
            coefficients = dict(zip(features, map(float, model.coef_), strict=True))
            cuvee.log_dict(coefficients, "coefficients.json")
            logged = cuvee.sklearn.log_model(
                model, name="model", input_example=self.test[features].head(3)
            )
            note(line, f"RMSE {rmse:.4f}")
        return Fit(name, features, run.info.run_id, logged.model_uri, rmse)

    def release(self, fit: Fit, stage: str, description: str, *, why: str) -> Holder:
        """Register a fit as the next version, describe it, move it to a stage, load it there."""
        with self.step(f"Registering '{fit.name}' as {MODEL}") as line:
            before = self.highest_version()
            version = str(cuvee.register_model(fit.model_uri, MODEL).version)
            expect(
                int(version) == before + 1,
                f"{MODEL} had {before} versions and the next one got the number {version}",
            )
            self.client.update_model_version(MODEL, version, description=description)
            note(line, f"version {version}")
        with self.step(f"Moving version {version} to {stage}"):
            self.client.transition_model_version_stage(
                MODEL, version, stage, archive_existing_versions=True, comment=why
            )
        with self.step(f"Predicting with models:/{MODEL}/{stage}") as line:
            expect(
                self.in_stage(stage).version == version,
                f"{stage} holds another version than the {version} that was moved there",
            )
            predictions = self.predict(stage, fit.features)
            error = float(((predictions - self.test[TARGET].to_numpy()) ** 2).mean() ** 0.5)
            expect(
                abs(error - fit.rmse) < 1e-9,
                f"the model loaded from {stage} has RMSE {error}, its run says {fit.rmse}",
            )
            note(line, f"{len(predictions)} wines")
        return Holder(version, stage, description, fit, predictions)

    def predict(self, stage: str, features: list[str]) -> np.ndarray[Any, Any]:
        """Load the model in a stage by its URI and predict the held-out wines' quality."""
        import numpy as np

        model = cuvee.pyfunc.load_model(f"models:/{MODEL}/{stage}")
        return np.asarray(model.predict(self.test[features]), dtype=float).ravel()

    def check_unaffected(self, production: Holder) -> None:
        """Check that what happened in Staging has changed nothing in Production."""
        version = self.in_stage("Production").version
        expect(
            version == production.version,
            f"Production holds version {version} now, no longer {production.version}",
        )
        again = self.predict("Production", production.fit.features)
        expect(
            bool((again == production.predictions).all()),
            "the model in Production predicts something else than before",
        )

    def describe(self) -> None:
        """Say what the registered model is for."""
        self.client.update_registered_model(
            MODEL, description="Predicts the quality of red wine, 0 to 10, from its chemistry."
        )

    def check_stored(self, holders: list[Holder]) -> None:
        """Read back what the story has written: descriptions, stages, runs."""
        expect(
            bool(self.client.get_registered_model(MODEL).description),
            f"the description of {MODEL} was not kept",
        )
        for holder in holders:
            stored = self.client.get_model_version(MODEL, holder.version)
            expect(
                (stored.description, stored.current_stage) == (holder.description, holder.stage),
                f"version {holder.version} reads back as {stored.current_stage}, "
                f"'{stored.description}'",
            )
            run = self.client.get_run(holder.fit.run_id)
            read = [(each.dataset.name, each.dataset.digest) for each in run.inputs.dataset_inputs]
            expect(
                sorted(read) == sorted((each.name, each.digest) for each in self.datasets),
                f"the run of version {holder.version} reads back with the datasets {read}",
            )
            expect(
                run.info.status == "FINISHED" and run.data.metrics.get("rmse") == holder.fit.rmse,
                f"the run of version {holder.version} reads back as {run.info.status} with "
                f"RMSE {run.data.metrics.get('rmse')}",
            )

    def highest_version(self) -> int:
        """Return the highest version number of the model; 0 when there is none."""
        try:
            self.client.get_registered_model(MODEL)
        except NotFound:
            return 0
        found = self.client.search_model_versions(f"name = '{MODEL}'")
        return max((int(version.version) for version in found), default=0)

    def in_stage(self, stage: str) -> ModelVersion:
        """Return the version that a stage holds."""
        found: list[ModelVersion] = self.client.get_latest_versions(MODEL, [stage])
        expect(len(found) == 1, f"{stage} holds {len(found)} versions of {MODEL}, not one")
        return found[0]


def expect(ok: bool, otherwise: str) -> None:
    """Raise ``StoryFailed`` with a sentence unless ``ok``."""
    if not ok:
        raise StoryFailed(f"The story did not come out as told: {otherwise}.")


def note(line: object, text: str) -> None:
    """Add a result to the line of a step, when the step keeps lines."""
    if isinstance(line, list):
        line.append(text)
