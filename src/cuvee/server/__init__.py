"""The HTTP server: routes come from the operations, bytes go through ``transfer``."""
