#!/bin/sh
# Tracking and artifacts: Cuvee on SQLite and on PostgreSQL beside MLflow (as it comes, with one
# process, and with one process on PostgreSQL) and FastTrackML; registry.sh has the registry.
# Needs the repository's .venv, the others' programs on PATH, and in MLflow's environment psycopg (or
# psycopg2, with SQLAlchemy before 2.1).
# Options are passed on: sh bench/peers.sh --repeats 5 --markdown docs/benchmarks.md
here=$(cd "$(dirname "$0")" && pwd)
exec python -m bench --reference mlflow-1w --section tracking --load-cap 480 --seconds 1.5 \
  --skip 'create version*,latest versions,by alias,transition*,resolve*,search models,search versions' \
  --launch 'cuvee=cuvee server --port {port} --backend-store-uri sqlite:///{dir}/c.db --artifacts-destination {dir}/art' \
  --launch "cuvee-pg=python $here/postgres.py cuvee server --port {port} --backend-store-uri {url} --artifacts-destination {dir}/art --log-key {dir}/log.key" \
  --launch 'mlflow=mlflow server --host {host} --port {port} --backend-store-uri sqlite:///{dir}/m.db --artifacts-destination {dir}/art' \
  --launch 'mlflow-1w=env MLFLOW_SERVER_ENABLE_JOB_EXECUTION=false mlflow server --workers 1 --host {host} --port {port} --backend-store-uri sqlite:///{dir}/m.db --artifacts-destination {dir}/art' \
  --launch "mlflow-pg=env MLFLOW_SERVER_ENABLE_JOB_EXECUTION=false python $here/postgres.py mlflow server --workers 1 --host {host} --port {port} --backend-store-uri {url} --artifacts-destination {dir}/art" \
  --launch 'fasttrackml=fml server -a {host}:{port} -d sqlite://{dir}/f.db --default-artifact-root {dir}/art' \
  "$@"
