#!/bin/sh
# Tracking and artifacts: Cuvee beside MLflow (as it comes, and with one process) and FastTrackML,
# all found on PATH; registry.sh has the registry.
# Options are passed on: sh bench/peers.sh --repeats 5 --markdown docs/benchmarks.md
exec python -m bench --reference mlflow-1w --section tracking --load-cap 480 --seconds 1.5 \
  --skip 'create version*,latest versions,by alias,transition*,resolve*,search models,search versions' \
  --launch 'cuvee=cuvee server --port {port} --backend-store-uri sqlite:///{dir}/c.db --artifacts-destination {dir}/art' \
  --launch 'mlflow=mlflow server --host {host} --port {port} --backend-store-uri sqlite:///{dir}/m.db --artifacts-destination {dir}/art' \
  --launch 'mlflow-1w=env MLFLOW_SERVER_ENABLE_JOB_EXECUTION=false mlflow server --workers 1 --host {host} --port {port} --backend-store-uri sqlite:///{dir}/m.db --artifacts-destination {dir}/art' \
  --launch 'fasttrackml=fml server -a {host}:{port} -d sqlite://{dir}/f.db --default-artifact-root {dir}/art' \
  "$@"
