/** Code that records a first run, with this server's own address. */
export function snippets(url: string): { name: string; text: string }[] {
  return [
    {
      name: "Python",
      text: `# pip install cuvee
import cuvee

cuvee.set_tracking_uri("${url}")
with cuvee.start_run():
    cuvee.log_param("alpha", 0.5)
    cuvee.log_metric("rmse", 0.78)`,
    },
    {
      name: "Existing MLflow client",
      text: `import mlflow

mlflow.set_tracking_uri("${url}")
with mlflow.start_run():
    mlflow.log_param("alpha", 0.5)
    mlflow.log_metric("rmse", 0.78)`,
    },
    {
      name: "curl",
      text: `curl -X POST ${url}/api/2.0/mlflow/runs/create \\
  -H 'Content-Type: application/json' \\
  -d '{"experiment_id": "0", "run_name": "from the shell"}'`,
    },
  ];
}
