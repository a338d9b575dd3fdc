#!/bin/sh
# The web UIs of Cuvee and MLflow, both found on PATH, on the same data.
# Options are passed on: sh bench/ui.sh --runs 2000 --markdown docs/benchmarks.md
exec python -m bench.ui \
  --launch 'cuvee=cuvee server --port {port} --backend-store-uri sqlite:///{dir}/c.db --artifacts-destination {dir}/art' \
  --launch 'mlflow=mlflow server --host {host} --port {port} --backend-store-uri sqlite:///{dir}/m.db --artifacts-destination {dir}/art' \
  --table 'mlflow=/#/experiments/{experiment}/runs' \
  --chart 'mlflow=/#/experiments/{long}/runs/{run}/model-metrics' \
  "$@"
