"""The errors under MLflow's module name; ``cuvee.errors`` draws the tree."""

from __future__ import annotations

from cuvee.errors import (
    AlreadyExists,
    BadRequest,
    Conflict,
    ConnectionFailed,
    CuveeError,
    EndpointNotFound,
    EnforcementFailed,
    Internal,
    InvalidParameter,
    MethodNotAllowed,
    NotFound,
    NotImplementedHere,
    PermissionDenied,
    SchemaMismatch,
    StorageFull,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
    UntrustedModel,
)

MlflowException = CuveeError
RestException = CuveeError

__all__ = [
    "AlreadyExists",
    "BadRequest",
    "Conflict",
    "ConnectionFailed",
    "CuveeError",
    "EndpointNotFound",
    "EnforcementFailed",
    "Internal",
    "InvalidParameter",
    "MethodNotAllowed",
    "MlflowException",
    "NotFound",
    "NotImplementedHere",
    "PermissionDenied",
    "RestException",
    "SchemaMismatch",
    "StorageFull",
    "TooLarge",
    "Unauthenticated",
    "Unavailable",
    "UnsupportedMediaType",
    "UntrustedModel",
]
