"""``python -m cuvee`` is the ``cuvee`` command."""

from __future__ import annotations

from cuvee.cli.main import main

if __name__ == "__main__":
    main()
