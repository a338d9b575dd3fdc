#!/bin/sh
# The registry at its size: Cuvee on SQLite and on PostgreSQL beside MLflow as it starts by itself,
# with four workers, and beside MLflow with one process, which is faster for one client.
# Needs the repository's .venv, and MLflow's program on PATH; options are passed on.
here=$(cd "$(dirname "$0")" && pwd)
exec python -m bench --reference mlflow-1w --section registry --load-cap 480 --seconds 1.5 \
  --rows 'create version*,latest versions,by alias,transition*,resolve*,search models,search versions' \
  --launch 'cuvee=cuvee server --port {port} --backend-store-uri sqlite:///{dir}/c.db --artifacts-destination {dir}/art' \
  --launch "cuvee-pg=python $here/postgres.py cuvee server --port {port} --backend-store-uri {url} --artifacts-destination {dir}/art --log-key {dir}/log.key" \
  --launch 'mlflow=mlflow server --host {host} --port {port} --backend-store-uri sqlite:///{dir}/m.db --artifacts-destination {dir}/art' \
  --launch 'mlflow-1w=env MLFLOW_SERVER_ENABLE_JOB_EXECUTION=false mlflow server --workers 1 --host {host} --port {port} --backend-store-uri sqlite:///{dir}/m.db --artifacts-destination {dir}/art' \
  --tables 'mlflow={dir}/m.db' --tables 'mlflow-1w={dir}/m.db' \
  "$@"
