"""The history, the transparency log grown over it, and what goes out about it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Table, UniqueConstraint

from cuvee.store.engine import CLUSTERED, KEY, NEVER_REUSED, TEXT
from cuvee.store.schema.base import binary, metadata, number, own, pk, text

events = Table(
    "events",
    metadata,
    Column("sequence", KEY, primary_key=True, autoincrement=True),
    number("time"),
    text("actor"),
    text("via"),
    text("action"),
    text("object"),
    text("before"),
    text("after"),
    text("comment"),
    text("details", null=True),
    Index(None, "object", "sequence"),
    **NEVER_REUSED,
)
# Free text of events (a comment, a description), apart from them: events hold salted commitments,
# so that a text can be erased and the history still be proved.
event_texts = Table(
    "event_texts",
    metadata,
    number("event"),
    text("field"),
    text("salt"),
    text("text"),
    own("event", "field"),
    **CLUSTERED,
)
# The transparency log: committed events in their final order, the hashes of its Merkle tree, and
# the signed checkpoints.
log = Table(
    "log",
    metadata,
    Column("place", BigInteger, primary_key=True, autoincrement=False),
    number("event"),
    binary("leaf"),
    UniqueConstraint("event"),
)
log_tiles = Table(
    "log_tiles",
    metadata,
    number("level"),
    number("tile"),
    binary("hashes"),
    own("level", "tile"),
    **CLUSTERED,
)
checkpoints = Table(
    "checkpoints",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    text("note"),
    number("created"),
)

# Webhooks of all forms. ``status`` is what users set, or DELETED, or ENDED (its model is gone).
# ``phase`` and ``follows`` are the log's follower's: 0 before it has come to the event of the
# creation, 1 then, 2 after the end; and the model's name at the place where it is. ``vouched_by``
# made or changed it last: it is sent while they may manage it; ``problem`` says why it is not.
webhooks = Table(
    "webhooks",
    metadata,
    pk(),
    Column("webhook_id", TEXT, nullable=False, unique=True),
    text("form"),
    text("name"),
    text("description"),
    text("url"),
    text("events"),
    number("model_pk", null=True),
    text("secret"),
    text("authorization"),
    number("verify"),
    text("job"),
    text("status"),
    number("phase"),
    text("follows"),
    text("user_id"),
    number("created"),
    number("updated"),
    Column("vouched_by", TEXT, nullable=False, server_default=""),
    Column("problem", TEXT, nullable=False, server_default=""),
    Column("headers", TEXT, nullable=False, server_default=""),
    Column("header_names", TEXT, nullable=False, server_default=""),
)
deliveries = Table(
    "deliveries",
    metadata,
    pk(),
    Column("delivery_id", TEXT, nullable=False, unique=True),
    number("webhook_pk"),
    number("event"),
    text("lane"),
    text("kind"),
    text("payload"),
    text("state"),
    number("attempts"),
    number("due"),
    number("answer", null=True),
    text("problem"),
    number("created"),
    number("updated"),
    Index(None, "state", "webhook_pk", "lane", "pk"),
    Index(None, "webhook_pk", "pk"),
)
# Answers to requests that came with a key, for a day: whoever sends such a request again, because
# the answer was lost, gets the same. A key is its actor's; ``digest`` says what was asked.
replies = Table(
    "replies",
    metadata,
    text("actor"),
    text("key"),
    text("digest"),
    binary("answer"),
    number("created"),
    own("actor", "key"),
    Index(None, "created"),
    **CLUSTERED,
)
# The latest requests that each delivery took; ``duration`` in ms.
attempts = Table(
    "attempts",
    metadata,
    pk(),
    number("delivery_pk"),
    number("started"),
    number("duration"),
    number("status", null=True),
    text("problem"),
    Index(None, "delivery_pk", "pk"),
)
# How far those that follow the log have come.
cursors = Table(
    "cursors",
    metadata,
    text("name"),
    number("place"),
    own("name"),
    **CLUSTERED,
)
# Views of pages whose addresses would be too long, whose they are (0 where nobody logs in), and
# when they were kept or opened last, to the day.
kept_views = Table(
    "kept_views",
    metadata,
    text("view_id"),
    number("user_pk"),
    text("query"),
    number("used"),
    own("view_id"),
    Index(None, "user_pk", "used"),
)
