"""The client under MLflow's module name."""

from __future__ import annotations

from cuvee.client.client import Client
from cuvee.client.current import (
    get_registry_uri,
    get_tracking_uri,
    is_tracking_uri_set,
    set_registry_uri,
    set_tracking_uri,
)

MlflowClient = Client

__all__ = [
    "Client",
    "MlflowClient",
    "get_registry_uri",
    "get_tracking_uri",
    "is_tracking_uri_set",
    "set_registry_uri",
    "set_tracking_uri",
]
