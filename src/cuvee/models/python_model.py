"""Models written in Python: the base class, its context, and functions as models."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any


class PythonModel:
    """A model of your own: subclass it and write ``predict``.

    ``predict`` may leave out ``context`` and ``params`` where it needs neither.
    """

    def load_context(self, context: PythonModelContext) -> None:
        """Load what ``predict`` needs from ``context.artifacts``, once, after loading."""

    def predict(
        self, context: PythonModelContext | None, model_input: Any, params: Any = None
    ) -> Any:
        """Return predictions for the input.

        Args:
            context: paths of the packaged artifacts, and the model's configuration.
            model_input: what the caller gave, fitted to the signature.
            params: parameters by name, fitted to the signature.
        """
        raise NotImplementedError(f"{type(self).__name__} has no predict method.")


class PythonModelContext:
    """What a Python model finds beside itself.

    Args:
        artifacts: absolute paths of the packaged files by name.
        model_config: the configuration given when it was saved or loaded.
    """

    def __init__(
        self, artifacts: Mapping[str, str], model_config: Mapping[str, Any] | None = None
    ) -> None:
        self.artifacts = dict(artifacts)
        self.model_config = None if model_config is None else dict(model_config)


class FunctionModel(PythonModel):
    """A function as a model.

    Args:
        func: takes the input, and ``params`` if it has a parameter of that name.
    """

    def __init__(self, func: Callable[..., Any]) -> None:
        self.func = func

    def predict(self, model_input: Any, params: Any = None) -> Any:  # type: ignore[override]  # no context
        """Return what the function makes of the input."""
        from inspect import signature

        if "params" in signature(self.func).parameters:
            return self.func(model_input, params=params)
        return self.func(model_input)


# MLflow reads type hints as the model's signature, and these would say nothing about the function.
FunctionModel.predict.__annotations__.clear()


def call_predict(model: Any, context: PythonModelContext | None, data: Any, params: Any) -> Any:
    """Call ``predict`` with the arguments that it has.

    Args:
        model: a PythonModel, or anything with its ``predict``.
        context: given where ``predict`` takes two arguments before ``params``.
        data: the input.
        params: given where ``predict`` takes them.
    """
    names = list(inspect.signature(model.predict).parameters)
    extra = {"params": params} if "params" in names else {}
    wants_context = names[0] == "context" or len([n for n in names if n != "params"]) > 1
    return model.predict(context, data, **extra) if wants_context else model.predict(data, **extra)


def takes_params(function: Callable[..., Any]) -> bool:
    """Whether a function has a parameter named ``params``."""
    return "params" in inspect.signature(function).parameters
