"""The Python client: MLflow's functions and methods over one ``Store``."""
