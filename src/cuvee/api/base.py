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
Moment = Annotated[
    int,
    Meta(ge=-(2**63), le=2**63 - 1, description="milliseconds since 1970, UTC; before it negative"),
]
Required = Annotated[str, Meta(min_length=1)]
Id = Annotated[str, Meta(max_length=256)]
Key = Annotated[str, Meta(min_length=1, max_length=256)]
"""What is looked up; nothing has a longer one."""
Offset = Annotated[int, Meta(ge=0, le=2**53, description="things to pass over first")]
Force = Annotated[
    bool,
    Meta(
        description="delete it although a version in a stage or deployed needs it (managers only)"
    ),
]
Comment = Annotated[str, Meta(max_length=65535, description="why, for the history")]

MLFLOW = "/api/2.0/mlflow"
MLFLOW_3 = "/api/3.0/mlflow"
CUVEE = "/api/1.0/cuvee"


class Level(enum.IntEnum):
    """What someone may do with an experiment or a registered model; each includes those before.

    The names on the wire are ``CAN_READ`` and so on. ``NONE`` takes away what a folder or a group
    gives. ``CREATE`` lets make new things in a folder and is not part of ``READ``. ``USE`` is
    MLflow's; it means ``READ``.
    """

    NONE = 0
    CREATE = 5
    READ = 10
    USE = 15
    EDIT = 20
    MANAGE_STAGING_VERSIONS = 30
    MANAGE_PRODUCTION_VERSIONS = 40
    MANAGE = 50


class Permission(enum.Enum):
    """What a caller must be allowed to do; every operation declares one."""

    PUBLIC = "public"
    """Nothing: answered without a login."""
    LOGIN = "login"
    """To be known; the function itself leaves out, or refuses, what the caller may not see."""
    READ = "read"
    EDIT = "edit"
    MANAGE = "manage"
    ADMIN = "admin"
    """To administer the server."""


class Of(Struct, frozen=True):
    """Of what an operation's permission is needed: the object that one of its fields names.

    Args:
        kind: what the field holds: ``experiment``, ``run`` or ``logged_model`` (an id, or a list
            of ids), ``experiment_name``, ``model`` (a registered model's name) or ``model_id``,
            ``old_or_new_experiment`` (a name; its folder must allow it if there is none),
            ``experiment_folder`` (what its experiments' names begin with),
            ``new_experiment`` or ``new_model`` (a name, whose folder must allow it), ``path`` (of
            a stored file), ``parents`` (tags, of which one may name a run), ``object`` (a text
            such as ``folder:team/``), ``grant`` (its number). See ``store/access.py``.
        field: the operation's field; ``metrics.model_id`` for a field of each item of a list.
        needs: what is needed of this object, when it is not the operation's own permission.
    """

    kind: str
    field: str
    needs: Permission | None = None


class Actor(Struct, frozen=True):
    """Who asks; bound by the server, never taken from a body.

    Args:
        name: user name.
        via: how the name is known: ``os`` (the process's user), ``basic`` (a name that nobody has
            checked, on a server without users), ``password``, ``token`` or ``session``.
        user: primary key of the user; None on a server without users, where all may do all.
        admin: whether the user administers the server.
        scopes: to what the token is limited; empty when it is not.
        token: id of the token that the name is known by.
        address: the IP address from which they ask, where a server is asked and keeps it.
    """

    name: str
    via: str = "os"
    user: int | None = None
    admin: bool = False
    scopes: tuple[str, ...] = ()
    token: str = ""
    address: str = ""

    @property
    def told(self) -> str:
        """How the name is known, as the history tells it."""
        return f"{self.via}:{self.token}" if self.token else self.via


class Empty(Struct, frozen=True):
    """A result that says nothing but "done"."""


class Op(Struct, Generic[R_co], frozen=True, kw_only=True, omit_defaults=True):
    """One thing that can be asked of Cuvee."""

    base: ClassVar[str] = MLFLOW
    route: ClassVar[str] = ""
    methods: ClassVar[tuple[str, ...]] = ("POST",)
    writes: ClassVar[bool] = False
    needs: ClassVar[Permission] = Permission.READ
    of: ClassVar[tuple[Of, ...]] = ()
    """Of what it is needed; empty for ``PUBLIC``, ``LOGIN`` and ``ADMIN``."""
    hashes: ClassVar[bool] = False
    """Whether a password in it must be hashed, or compared, before its transaction begins."""
    keyed: ClassVar[bool] = True
    """Whether its answer is kept under an ``Idempotency-Key``: not one that holds a secret, nor one
    that is outdated by the next."""
    history: ClassVar[bool] = False
    """Whether it reads the history, whose newest events are put in order first."""
    searches: ClassVar[bool] = False
    """Whether it looks through many things, which a server lets take so long and no longer."""
    brief: ClassVar[bool] = False
    """Whether it reads a few rows by their keys, however much there is: a server whose database is
    a file does so where it stands, for handing it to a thread and back would take longer."""
    alone: ClassVar[bool] = False
    """Whether it does, or its answer takes, more than the store can give: it is not one of several
    questions that are asked together."""
    max_body: ClassVar[int] = 8 << 20
    """The largest JSON body that is read, in bytes."""
    legacy: ClassVar[dict[str, str]] = {}
    """Old spelling of a field -> its name; the old one counts when the new one is absent."""
    numbered: ClassVar[tuple[str, ...]] = ()
    """Lists of ids in which a client may send whole numbers, as MLflow's server takes them."""

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

    def do(self, op: Op[R], actor: Actor | None = None, *, key: str = "") -> R:
        """Carry out ``op`` for ``actor`` (a server decides by itself who asks).

        ``key`` is the actor's name for a change; asking again under it changes nothing more.
        """
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
