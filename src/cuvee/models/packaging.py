"""What saving a model means for every flavour: example, signature, MLmodel, environment."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from cuvee.errors import InvalidParameter
from cuvee.models.directory import size_of
from cuvee.models.enforcement import enforce_inputs, enforce_params
from cuvee.models.environment import (
    CONDA,
    PYTHON,
    modules_of_code,
    python_version,
    write_environment,
)
from cuvee.models.examples import split_params, write_example
from cuvee.models.model import Model
from cuvee.models.signature import ModelSignature, infer_signature

_log = logging.getLogger(__name__)

PYFUNC = "python_function"


@dataclass(frozen=True)
class Extras:
    """What every flavour's ``save_model`` takes beside the model.

    Args:
        signature: given, inferred from the example (None), or left out (False).
        input_example: data that the model takes, or ``(data, params)``.
        metadata: the user's own, kept in MLmodel.
        pip_requirements: requirements that replace the inferred ones, or a file of them.
        extra_pip_requirements: requirements that are added, or a file of them.
        conda_env: a conda environment that replaces both, or a file with one.
    """

    signature: ModelSignature | Literal[False] | None = None
    input_example: Any = None
    metadata: Mapping[str, Any] | None = None
    pip_requirements: str | Sequence[str] | None = None
    extra_pip_requirements: str | Sequence[str] | None = None
    conda_env: str | dict[str, Any] | None = None


def finish(
    root: Path,
    model: Model,
    extras: Extras,
    *,
    predict: Callable[[Any, Any], Any] | None,
    needed: Sequence[str],
    modules: Iterable[str],
) -> Model:
    """Write everything but the model's data, MLmodel last.

    Args:
        root: the model's directory, with the data in it.
        model: what is known of it, with its flavours.
        extras: what the user gave.
        predict: calls the model with data and params, to infer outputs.
        needed: distributions that the flavour always needs.
        modules: modules that the data were seen to import.

    Returns:
        The model as MLmodel has it.
    """
    signature = extras.signature
    if signature not in (None, False) and not isinstance(signature, ModelSignature):
        raise InvalidParameter(
            "signature must be a ModelSignature, such as infer_signature(data, predictions) gives."
        )
    if extras.input_example is not None:
        info = write_example(root, extras.input_example)
        model = replace(model, saved_input_example_info=info)
        if signature is None and predict is not None:
            signature = _signature_of(extras.input_example, predict)
    if signature and signature.inputs and not signature.inputs.is_tensor_spec():
        needed = [*needed, "pandas"]  # columns reach the model as a frame
    write_environment(
        root,
        needed,
        modules={*modules, *modules_of_code(root / "code")},
        pip_requirements=extras.pip_requirements,
        extra_pip_requirements=extras.extra_pip_requirements,
        conda_env=extras.conda_env,
    )
    from cuvee import __version__

    model = replace(
        model,
        signature=signature or None,
        metadata=extras.metadata,
        model_size_bytes=size_of(root),
        extra={**model.extra, "cuvee_version": __version__},
    )
    model.save(root)
    return model


def pyfunc_flavor(loader_module: str, **settings: Any) -> dict[str, Any]:
    """Return the settings of the flavour that every model has.

    Args:
        loader_module: the module that loads the model, by MLflow's name for it.
        settings: what else that module needs.
    """
    return {
        "loader_module": loader_module,
        "python_version": python_version(),
        "env": {"conda": CONDA, "virtualenv": PYTHON},
        **settings,
    }


def _signature_of(example: Any, predict: Callable[[Any, Any], Any]) -> ModelSignature:
    """Describe the model by what it makes of its example."""
    data, params = split_params(example)
    taken = infer_signature(data, None, params)
    assert taken.inputs is not None  # noqa: S101 - there are data
    try:
        fitted = enforce_inputs(data, taken.inputs)
        given = predict(fitted, enforce_params(params, taken.params))
        outputs = infer_signature(None, given).outputs
    except Exception as e:  # noqa: BLE001 - the model is the user's code: anything can happen
        _log.warning(
            "The model could not predict its own input example (%s: %s), so its signature has no "
            "outputs. Give signature=infer_signature(data, predictions) to describe them.",
            type(e).__name__,
            e,
        )
        return taken
    return ModelSignature(taken.inputs, outputs, taken.params)
