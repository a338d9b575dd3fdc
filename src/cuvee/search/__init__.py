"""The search language: filter and order texts become a tree; no SQL."""
