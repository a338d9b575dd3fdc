"""The MLmodel package: what a model directory holds, and how to read and write it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cuvee.models.info import ModelInfo
    from cuvee.models.model import Model
    from cuvee.models.signature import ModelSignature, infer_signature

_HOMES = {
    "Model": "cuvee.models.model",
    "ModelInfo": "cuvee.models.info",
    "ModelSignature": "cuvee.models.signature",
    "infer_signature": "cuvee.models.signature",
    # Needs a server for URIs, so it lives where models meet the client.
    "get_model_info": "cuvee.pyfunc",
}

__all__ = ["Model", "ModelInfo", "ModelSignature", "get_model_info", "infer_signature"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
