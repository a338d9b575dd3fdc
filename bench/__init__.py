"""Measure servers that speak MLflow's protocol, side by side: ``python -m bench --help``."""
