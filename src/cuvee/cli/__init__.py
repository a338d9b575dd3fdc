"""The ``cuvee`` command: one file per noun, loaded when it is used."""
