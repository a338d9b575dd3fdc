"""A PostgreSQL for the tests of the schema."""

from __future__ import annotations

from refusals.conftest import postgres_url

__all__ = ["postgres_url"]
