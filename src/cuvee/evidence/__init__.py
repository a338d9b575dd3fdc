"""Evidence packs: what is known about a version, written down so that an outsider can check it."""
