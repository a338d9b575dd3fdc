"""What an operation is.

Everything that can be asked of Cuvee is one frozen class. Its fields are the request, its class
attributes say how it travels and what it needs; ``Store.do`` carries it out, wherever the store is.

Laws of a ``Store`` (each has a test of the same words in ``tests/conformance``):

* An acknowledged write is durable.
* A refused write leaves nothing.
* A batch is whole or absent.
* What is read back is what was written.
* The store returns values, never rows, cursors or sessions.
"""

from __future__ import annotations

import enum
from typing import Annotated, Any, ClassVar, Generic, Protocol, TypeVar, get_args

from msgspec import Meta, Struct

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)

Int64 = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
Time = Annotated[int, Meta(ge=0, le=2**63 - 1, description="milliseconds since 1970, UTC")]
Required = Annotated[str, Meta(min_length=1)]
Id = Annotated[str, Meta(max_length=256)]
Key = Annotated[str, Meta(min_length=1, max_length=256)]
"""What is looked up; nothing has a longer one."""
Comment = Annotated[str, Meta(max_length=65535, description="why, for the history")]

MLFLOW = "/api/2.0/mlflow"
CUVEE = "/api/1.0/cuvee"


class Permission(enum.Enum):
    """What a caller must be allowed to do; every operation declares one."""

    READ = "read"
    EDIT = "edit"
    MANAGE = "manage"


class Actor(Struct, frozen=True):
    """Who asks; bound by the server, never taken from a body.

    Args:
        name: user name.
        via: how the name is known: ``os`` (the process's user) or ``basic`` (HTTP Basic).
    """

    name: str
    via: str = "os"


class Empty(Struct, frozen=True):
    """A result that says nothing but "done"."""


class Op(Struct, Generic[R_co], frozen=True, kw_only=True, omit_defaults=True):
    """One thing that can be asked of Cuvee."""

    base: ClassVar[str] = MLFLOW
    route: ClassVar[str] = ""
    methods: ClassVar[tuple[str, ...]] = ("POST",)
    writes: ClassVar[bool] = False
    needs: ClassVar[Permission] = Permission.READ
    max_body: ClassVar[int] = 8 << 20
    """The largest JSON body that is read, in bytes."""
    legacy: ClassVar[dict[str, str]] = {}
    """Old spelling of a field -> its name; the old one counts when the new one is absent."""

    def check(self) -> None:
        """Raise ``InvalidParameter`` for what the field types cannot say; no I/O."""


class Read(Op[R_co], Generic[R_co], frozen=True, kw_only=True):
    """An operation that changes nothing."""

    methods: ClassVar[tuple[str, ...]] = ("GET",)


class Write(Op[R_co], Generic[R_co], frozen=True, kw_only=True):
    """An operation that changes something, wholly or not at all."""

    writes: ClassVar[bool] = True
    needs: ClassVar[Permission] = Permission.EDIT


class Recorded(Write[R_co], Generic[R_co], frozen=True, kw_only=True):
    """A write that appends an event; ``comment`` is the reason that the event keeps."""

    comment: Comment = ""


class Store(Protocol):
    """Where operations are carried out: a database in this process, or a server."""

    def do(self, op: Op[R], actor: Actor | None = None) -> R:
        """Carry out ``op`` for ``actor`` (a server decides by itself who asks)."""
        ...

    def close(self) -> None:
        """Finish what was acknowledged and let go of files and connections."""
        ...


def result_type(op: type[Op[Any]]) -> Any:
    """Return the type that ``do`` answers this kind of operation with."""
    for cls in op.__mro__:
        for base in cls.__dict__.get("__orig_bases__", ()):
            args = get_args(base)
            if args and not isinstance(args[0], TypeVar):
                return args[0]
    raise TypeError(f"{op.__name__} does not name its result type")
