"""The key that signs checkpoints, and the checkpoints it signs (C2SP signed notes)."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cuvee.errors import InvalidParameter

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_HEAD = "PRIVATE+KEY+"
_KIND = b"\1"  # Ed25519


class SigningKey:
    """An Ed25519 key with a name, which is also the log's.

    Args:
        name: the log's name.
        seed: 32 secret bytes.
    """

    def __init__(self, name: str, seed: bytes) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        self.name = name
        self._seed = seed
        self._private: Ed25519PrivateKey = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._private.public_key().public_bytes_raw()

    @classmethod
    def new(cls, name: str = "") -> SigningKey:
        """Make a key, for a new log unless the log's name is given."""
        return cls(name or f"cuvee-log-{secrets.token_hex(8)}", secrets.token_bytes(32))

    @classmethod
    def load(cls, path: Path) -> SigningKey:
        """Read a key file.

        Raises:
            InvalidParameter: it holds no key; says what to do.
        """
        try:
            name, _, encoded = path.read_text("ascii").strip().removeprefix(_HEAD).split("+", 2)
            return cls(name, base64.b64decode(encoded, validate=True).removeprefix(_KIND))
        except (ValueError, OSError) as problem:
            reason = getattr(problem, "strerror", None) or "it holds none"
            raise InvalidParameter(
                f"The key of the log cannot be read from {path} ({reason}): restore the file from "
                "a backup, or name another with --log-key."
            ) from None

    @classmethod
    def at(cls, path: Path) -> SigningKey:
        """Read a key file; write one with a new key where there is none."""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileExistsError):  # another process was faster
                cls.new().save(path, only_new=True)
        return cls.load(path)

    def save(self, path: Path, *, only_new: bool = False) -> None:
        """Write the key to a file that only its owner may read; whole, or not at all."""
        text = f"{_HEAD}{self.name}+{self.id.hex()}+{_base64(_KIND + self._seed)}\n"
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(handle)
        try:
            if only_new:
                os.link(draft, path)
            else:
                draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)

    @property
    def id(self) -> bytes:
        """The four bytes by which signatures name the key."""
        return hashlib.sha256(self.name.encode() + b"\n\1" + self.public).digest()[:4]

    @property
    def verifier(self) -> str:
        """The public key, as ``name+id+base64``."""
        return f"{self.name}+{self.id.hex()}+{_base64(_KIND + self.public)}"

    def sign(self, message: bytes) -> bytes:
        """Return a signature: the key's id, then Ed25519's 64 bytes."""
        return self.id + self._private.sign(message)

    def endorse(self, successor: str) -> str:
        """Return the signature by which this key hands over to the next."""
        return _base64(self.sign(f"{successor}\n".encode()))

    def checkpoint(self, size: int, root: bytes, *, previous: int, time: int) -> str:
        """Return a signed checkpoint.

        Args:
            size: number of entries.
            root: the root of their tree.
            previous: the size that the checkpoint before states; 0 for the first.
            time: when, in milliseconds since 1970.
        """
        text = f"{self.name}\n{size}\n{_base64(root)}\nprevious {previous}\ntime {time}\n"
        return self.note(text)

    def note(self, text: str) -> str:
        """Return a text, of whole lines, with the key's signature."""
        return f"{text}\n\u2014 {self.name} {_base64(self.sign(text.encode()))}\n"


def checkpoint_file(key: Path) -> Path:
    """Return where the latest checkpoint is kept, beside the key that signs it."""
    return key.with_name(key.name + ".checkpoint")


def kept(key: Path) -> str:
    """Return the checkpoint that is kept beside a key; empty when there is none.

    Raises:
        InvalidParameter: the file cannot be read.
    """
    path = checkpoint_file(key)
    try:
        return path.read_text("utf-8", "replace") if path.exists() else ""
    except OSError as problem:
        raise InvalidParameter(
            f"The checkpoint beside the key cannot be read from {path} ({problem.strerror}): run "
            "this as who may read it, or move it away."
        ) from None


def keep(key: Path, note: str) -> None:
    """Keep the latest checkpoint outside the database, whose owner could cut its end off."""
    if extensions(kept(key)).size > extensions(note).size:
        return  # the larger one is the evidence that entries were removed
    path = checkpoint_file(key)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    draft.write_text(note, "utf-8")
    draft.replace(path)


class Said(NamedTuple):
    """What a checkpoint says, whoever signed it; zeros for what it does not."""

    size: int
    previous: int
    time: int


def extensions(note: str) -> Said:
    """Read a checkpoint without looking at its signature."""
    lines = note.partition("\n\n")[0].split("\n")[1:]
    said = dict(line.partition(" ")[::2] for line in lines[2:])

    def number(text: str) -> int:
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0

    return Said(
        number(lines[0] if lines else ""),
        number(said.get("previous", "")),
        number(said.get("time", "")),
    )


def openssl(public: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether a signature is right, as ``verifier.ed25519`` does, a thousand times faster."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
