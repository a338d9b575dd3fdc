"""Consent: nothing that a model holds is run unless the caller has agreed to it.

Three ways to agree, from narrow to wide:

- ``trust=["package.Type", ...]``: these types of a skops file may be made.
- ``trust="sha256:<digest>"``: exactly these bytes may run (a list may hold digests, too).
- ``trust="pickle"``: whatever the model holds may run.

The environment variable CUVEE_TRUST_PICKLE agrees for a whole process, so that scripts written for
MLflow run unchanged: ``1`` is ``trust="pickle"``, anything else is a comma-separated list of
digests. What a model says about itself (``skops_trusted_types`` in MLmodel) is no consent.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from cuvee.errors import InvalidParameter, UntrustedModel
from cuvee.models.directory import files_below
from cuvee.models.pickles import names_in, open_pickle

Trust: TypeAlias = "str | Sequence[str] | None"

VARIABLE = "CUVEE_TRUST_PICKLE"

_DIGEST = re.compile(r"(?:sha256:)?([0-9a-fA-F]{64})")


@dataclass(frozen=True)
class Consent:
    """What the caller agreed to.

    Args:
        call: how the caller asked, for errors: ``cuvee.pyfunc.load_model('models:/m/1'``.
        everything: whatever the model holds may run.
        digests: files with these digests may run.
        types: these types of a skops file may be made.
    """

    call: str
    everything: bool = False
    digests: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()

    def require(self, root: Path, files: Sequence[Path], reason: str) -> None:
        """Go on only if these files may run.

        Args:
            root: the model's directory.
            files: files and directories whose content would run.
            reason: says what would run, as a clause: "it unpickles model.pkl, which ...".

        Raises:
            UntrustedModel: the caller did not agree.
        """
        if self.everything:
            return
        digest = digest_of(root, files)
        if digest in self.digests:
            return
        other = (
            "The digest that you gave is not this model's: somebody changed the files, or it "
            "belongs to another version. "
            if self.digests
            else ""
        )
        raise UntrustedModel(
            f"Loading this model would run code from it: {reason}. {other}If you know who made "
            f"it, agree to exactly these files with {self.call}, trust='sha256:{digest}'), or to "
            f"whatever it holds with {self.call}, trust='pickle')."
        )


def consent(trust: Trust, call: str) -> Consent:
    """Read a ``trust`` argument and CUVEE_TRUST_PICKLE.

    Args:
        trust: what the caller gave.
        call: the call to repeat in errors, without its closing bracket.

    Raises:
        InvalidParameter: it is nothing that one can agree with.
    """
    given = [trust] if isinstance(trust, str) else trust
    if given is not None and (
        isinstance(given, bool)
        or not isinstance(given, Iterable)
        or not all(isinstance(t, str) for t in given)
    ):
        raise InvalidParameter(
            f"trust={trust!r} is too vague. Give trust='pickle' to run whatever the model holds, "
            "trust='sha256:<digest>' to run exactly the files that you checked, or a list of type "
            "names for a skops file."
        )
    everything, digests, types = _environment()
    for each in given or ():
        if each == "pickle":
            everything = True
        elif found := _DIGEST.fullmatch(each):
            digests.add(found[1].lower())
        elif "." in each:
            types.add(each)
        else:
            raise InvalidParameter(
                f"trust={each!r} is none of: 'pickle', 'sha256:' and 64 hexadecimal digits, or the "
                "full name of a type such as 'package.module.Type'."
            )
    return Consent(call, everything, frozenset(digests), frozenset(types))


def _environment() -> tuple[bool, set[str], set[str]]:
    value = os.environ.get(VARIABLE, "").strip()
    if value.lower() in ("", "0", "false", "no"):
        return False, set(), set()
    if value.lower() in ("1", "true", "yes"):
        return True, set(), set()
    found = [_DIGEST.fullmatch(part.strip()) for part in value.split(",")]
    if not all(found):
        raise InvalidParameter(
            f"{VARIABLE}={value!r} is neither 1 nor a comma-separated list of sha256 digests."
        )
    return False, {m[1].lower() for m in found if m}, set()


def digest_of(root: Path, files: Sequence[Path]) -> str:
    """Return the sha256 that stands for files, in hexadecimal.

    One file's digest is what ``sha256sum`` prints for it. That of several is the digest of what
    ``sha256sum`` prints for all of them, named relative to the model's directory and sorted.

    Args:
        root: the model's directory.
        files: files, and directories that stand for all files in them.
    """
    base = root.resolve()
    found = {p.resolve() for each in files for p in files_below(each)}
    lines = {p.relative_to(base).as_posix(): _digest(p) for p in found}
    if len(lines) == 1:
        return next(iter(lines.values()))
    text = "".join(f"{digest}  {name}\n" for name, digest in sorted(lines.items()))
    return hashlib.sha256(text.encode()).hexdigest()


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def describe_pickle(path: Path, compression: str | None = None) -> str:
    """Say what unpickling a file would do, without doing it."""
    try:
        with open_pickle(path, compression) as stream:
            names = names_in(stream)
    except OSError:
        names = []
    shown = ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
    what = f"; this one imports {shown}" if names else ""
    return f"it unpickles {path.name}, and a pickle can run any command{what}"
