"""Everything that can go wrong, as one tree.

    CuveeError
    ├── BadRequest               400  BAD_REQUEST
    │   ├── InvalidParameter     400  INVALID_PARAMETER_VALUE
    │   └── AlreadyExists        400  RESOURCE_ALREADY_EXISTS
    ├── Unauthenticated          401  UNAUTHENTICATED
    ├── PermissionDenied         403  PERMISSION_DENIED
    ├── NotFound                 404  RESOURCE_DOES_NOT_EXIST
    │   └── EndpointNotFound     404  ENDPOINT_NOT_FOUND
    ├── MethodNotAllowed         405  ENDPOINT_NOT_FOUND
    ├── Conflict                 409  RESOURCE_CONFLICT
    ├── TooLarge                 413  INVALID_PARAMETER_VALUE
    ├── UnsupportedMediaType     415  INVALID_PARAMETER_VALUE
    ├── KeyReused                422  IDEMPOTENCY_KEY_REUSED
    ├── TooManyRequests          429  REQUEST_LIMIT_EXCEEDED
    ├── Internal                 500  INTERNAL_ERROR
    ├── NotImplementedHere       501  NOT_IMPLEMENTED
    ├── Unavailable              503  TEMPORARILY_UNAVAILABLE
    ├── StorageFull              507  RESOURCE_EXHAUSTED
    └── client side, never sent
        ├── ConnectionFailed          the server did not answer
        ├── SchemaMismatch            the database belongs to another version of Cuvee
        ├── EnforcementFailed         the data do not fit the model's signature
        └── UntrustedModel            loading would run code that nobody consented to

Clients match on ``error_code`` and the HTTP status; the message is for people.
"""

from __future__ import annotations

from typing import ClassVar


class CuveeError(Exception):
    """Something went wrong in Cuvee."""

    error_code: ClassVar[str] = "INTERNAL_ERROR"
    status: ClassVar[int] = 500

    def __init__(self, message: str = "") -> None:
        self.message = message or (type(self).__doc__ or "")
        super().__init__(self.message)

    def get_http_status_code(self) -> int:
        """Return the HTTP status, under the name that MLflow's exceptions give it."""
        return self.status


class BadRequest(CuveeError):
    """The request cannot be carried out as it was sent."""

    error_code = "BAD_REQUEST"
    status = 400


class InvalidParameter(BadRequest):
    """A parameter has a value that is not allowed."""

    error_code = "INVALID_PARAMETER_VALUE"


class AlreadyExists(BadRequest):
    """Something with this name exists already."""

    error_code = "RESOURCE_ALREADY_EXISTS"


class Unauthenticated(CuveeError):
    """The server does not know who is asking."""

    error_code = "UNAUTHENTICATED"
    status = 401


class PermissionDenied(CuveeError):
    """The caller may not do this."""

    error_code = "PERMISSION_DENIED"
    status = 403


class NotFound(CuveeError):
    """There is no such thing."""

    error_code = "RESOURCE_DOES_NOT_EXIST"
    status = 404


class EndpointNotFound(NotFound):
    """The server has no such call."""

    error_code = "ENDPOINT_NOT_FOUND"


class MethodNotAllowed(CuveeError):
    """The call exists, but not with this HTTP method."""

    error_code = "ENDPOINT_NOT_FOUND"
    status = 405


class Conflict(CuveeError):
    """The change collides with something that must stay as it is."""

    error_code = "RESOURCE_CONFLICT"
    status = 409


class TooLarge(CuveeError):
    """The request body is larger than the server accepts."""

    error_code = "INVALID_PARAMETER_VALUE"
    status = 413


class UnsupportedMediaType(CuveeError):
    """The request body has a content type that this call does not read."""

    error_code = "INVALID_PARAMETER_VALUE"
    status = 415


class KeyReused(CuveeError):
    """The Idempotency-Key belongs to another request."""

    error_code = "IDEMPOTENCY_KEY_REUSED"
    status = 422


class TooManyRequests(CuveeError):
    """There were too many attempts; try again later."""

    error_code = "REQUEST_LIMIT_EXCEEDED"
    status = 429

    def __init__(self, message: str = "", retry_after: int = 0) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds to wait."""


class Internal(CuveeError):
    """The server failed; its log says why."""


class NotImplementedHere(CuveeError):
    """This server does not offer that."""

    error_code = "NOT_IMPLEMENTED"
    status = 501


class Unavailable(CuveeError):
    """The server cannot answer now; try again."""

    error_code = "TEMPORARILY_UNAVAILABLE"
    status = 503


class StorageFull(CuveeError):
    """The server has no space left to store this."""

    error_code = "RESOURCE_EXHAUSTED"
    status = 507


class ConnectionFailed(CuveeError):
    """The server did not answer."""

    error_code = "TEMPORARILY_UNAVAILABLE"
    status = 503


class SchemaMismatch(CuveeError):
    """The database was written by another version of Cuvee."""


class EnforcementFailed(InvalidParameter):
    """The data do not fit the model's signature."""


class UntrustedModel(CuveeError):
    """Loading this model would run code that nobody has consented to."""

    error_code = "PERMISSION_DENIED"
    status = 403


def _tree(root: type[CuveeError]) -> list[type[CuveeError]]:
    return [root, *(c for sub in root.__subclasses__() for c in _tree(sub))]


def from_wire(status: int, error_code: str, message: str) -> CuveeError:
    """Rebuild the error that a server sent.

    Args:
        status: HTTP status of the answer.
        error_code: the body's ``error_code``.
        message: the body's ``message``.
    """
    known = _tree(CuveeError)
    for cls in known:
        if (cls.status, cls.error_code) == (status, error_code):
            return cls(message)
    by_code = [cls for cls in known if cls.error_code == error_code]
    by_status = [cls for cls in known if cls.status == status]
    found = (by_code or by_status or [CuveeError])[0](message)
    if found.error_code != error_code:
        found.error_code = error_code  # type: ignore[misc]  # an unknown code is kept, not renamed
    return found
