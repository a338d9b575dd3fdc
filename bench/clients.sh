#!/bin/sh
# What a training sees of Cuvee's client and of MLflow's, synchronous and asynchronous, each with its
# own server. MLFLOW names a Python with mlflow; the servers are found on PATH.
# Options are passed on: MLFLOW=.../bin/python sh bench/clients.sh --markdown docs/benchmarks.md
served='mlflow server --host {host} --port {port} --backend-store-uri sqlite:///{dir}/m.db --artifacts-destination {dir}/art'
exec python -m bench.client \
  --client 'cuvee=python cuvee' \
  --launch 'cuvee=cuvee server --port {port} --backend-store-uri sqlite:///{dir}/c.db --artifacts-destination {dir}/art' \
  --client "mlflow=${MLFLOW:?names a Python with mlflow} mlflow" \
  --launch "mlflow=$served" \
  --client "mlflow-async=env MLFLOW_ENABLE_ASYNC_LOGGING=true $MLFLOW mlflow" \
  --launch "mlflow-async=$served" \
  "$@"
