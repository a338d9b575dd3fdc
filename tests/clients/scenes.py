"""What each page of the documentation takes for granted, and what it leaves to its reader."""

from __future__ import annotations

from clients.reader import PASSWORD, Scene

RUN = "3f0c7e1a9d2b4c55a0e4b7d1f6a89c02"
THIRD = "b4d81f6e2c7a4f05a1e3d9c60f58e713"
OTHER = "8c1d5b7e2a904f3398d6e0c4b1f72a65"
WORLD = f"""
import json, urllib.request
import cuvee

cuvee.set_tracking_uri("http://127.0.0.1:5000")
client = cuvee.MlflowClient()

def post(path, **fields):
    request = urllib.request.Request(
        "http://127.0.0.1:5000/api/2.0/mlflow/" + path,
        json.dumps(fields).encode(),
        {{"Content-Type": "application/json"}},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)

for number in range(1, 8):
    name = {{1: "wine", 2: "wine-quality"}}.get(number, f"team/old/{{number}}")
    post("experiments/create", name=name, experiment_id=str(10**15 + number))
worse = post("runs/create", experiment_id=str(10**15 + 7))["run"]["info"]["run_id"]
client.log_metric(worse, "rmse", 10)
for run in ("{RUN}", "{OTHER}", "{THIRD}"):
    post("runs/create", experiment_id=str(10**15 + 2), run_id=run, run_name=run[:4])
    for step in range(0, 3000, 500):
        client.log_metric(run, "rmse", 1 / (step + 1), step=step)
        client.log_metric(run, "loss", 1 / (step + 1), step=step)
        client.log_metric(run, "val_loss", 2 / (step + 1), step=step)
    client.log_param(run, "alpha", 0.5)
    client.log_param(run, "features", "alcohol, pH")
    client.set_tag(run, "cuvee.group", "half")
    client.log_text(run, "words", "notes.txt")
"""
MODELS = """
import pandas
from sklearn.linear_model import LinearRegression

X = pandas.DataFrame({"alcohol": [9.4, 9.8, 10.1]})
model = LinearRegression().fit(X, [5, 6, 6])
with cuvee.start_run():
    logged = cuvee.sklearn.log_model(model, name="model", input_example=X[:3])
for number in (1, 2, 3):
    cuvee.register_model(logged.model_uri, "lr_wine_quality")
"""
HELD = """
import datetime, time

client.transition_model_version_stage("lr_wine_quality", 1, "Production", comment="first")
time.sleep(1)
moment = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
"""
CHANGES = """
import threading

def go_on():
    for number in range(9000):
        client.set_model_version_tag("lr_wine_quality", "2", "number", str(number))
        time.sleep(0.5)

threading.Thread(target=go_on, daemon=True).start()
"""
OLD = """
for number in (1, 2, 3):
    cuvee.register_model(logged.model_uri, "old")
"""
CHARTS = f"""
import matplotlib.pyplot as plt

import threading, time

run_id, run_ids = "{OTHER}", ["{RUN}", "{OTHER}"]
client.set_terminated("{RUN}")

def go_on():
    for step in range(3000, 9000):
        client.log_metric(run_id, "loss", 0.1, step=step, synchronous=True)
        time.sleep(0.2)

threading.Thread(target=go_on, daemon=True).start()
"""
RECEIVER = """
import http.server, threading

class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()

receiver = http.server.HTTPServer(("127.0.0.1", 0), Receiver)
threading.Thread(target=receiver.serve_forever, daemon=True).start()
with open("receiver", "w") as file:
    file.write(f"http://127.0.0.1:{receiver.server_port}/cuvee")
"""
CONFUSION = """
import mlflow, pandas

mlflow.set_tracking_uri("http://127.0.0.1:5000")
actual, predicted = pandas.Series([0, 1, 1]), pandas.Series([0, 1, 0])
counts, labels = [[5, 1], [3, 7]], ["cat", "dog"]
mlflow.start_run()
"""
TYPED = f"printf '{PASSWORD}\\n{PASSWORD}\\n'"
SERVER = "export CUVEE_TRACKING_URI=http://127.0.0.1:5000\n"
ADMIN = f"""
{TYPED} | cuvee user create ada --tracking-uri sqlite:///cuvee-data/cuvee.db
{SERVER}
export CUVEE_TRACKING_USERNAME=ada CUVEE_TRACKING_PASSWORD='{PASSWORD}'
sleep 1.5  # a server that runs open notices within a second that it is not any more
"""
PEOPLE = f"""
for name in ann alice bob cat ci; do {TYPED} | cuvee user create $name; done
for name in risk credit-scientists; do cuvee group create $name; done
cuvee group add risk cat
"""
REVIEWED = """
cuvee grant CAN_EDIT --group everyone --folder ''
cuvee grant CAN_MANAGE_PRODUCTION_VERSIONS --user bob --model lr_wine_quality
"""
PICK = "python -c 'import json, sys; print(json.load(sys.stdin)[0][\"{}\"])'"
KEY = "$(cuvee audit verify 2> /dev/null | sed -n 's/.*signed by //p')"
EXPERIMENTS = {f'"{n}"': f'"{10**15 + n}"' for n in (1, 7)}

SCENES: dict[str, Scene] = {
    "README.md": Scene(before=WORLD),
    "docs/getting-started.md": Scene(),
    "docs/server.md": Scene(before=WORLD),
    "docs/users.md": Scene(
        without=("cuvee user setup ann",),
        put={
            "MLFLOW_TRACKING_PASSWORD=... ": f"MLFLOW_TRACKING_PASSWORD='{PASSWORD}' ",
            "cuvee user create": f"{TYPED} | cuvee user create",
            "cuvee user set-password": f"{TYPED} | cuvee user set-password",
            "9a65fcf3ee5a8c4f": f"$(cuvee token list --json | {PICK.format('token_id')})",
        },
    ),
    "docs/tracking.md": Scene(
        commands="echo 'import cuvee; cuvee.log_metric(\"loss\", 1)' > train.py"
    ),
    "docs/runs.md": Scene(
        before=WORLD,
        put={
            **EXPERIMENTS,
            '"run_id": "..."': f'"run_id": "{RUN}"',
            "RUN RUN RUN": f"{RUN} {OTHER} {THIRD}",
        },
    ),
    "docs/purge.md": Scene(before=WORLD),
    "docs/metrics.md": Scene(
        before=WORLD + CHARTS,
        put={"./evaluate.sh": "echo evaluated", "series.values)": "series.values)\n    break"},
    ),
    "docs/stages.md": Scene(
        before=WORLD + MODELS + HELD,
        put={
            '?at=2026-03-03T00:00Z"': '?at=" + moment',
            '"2026-03-03"': "moment",
            "2026-03-03T00:00Z": "$(date -u +%FT%TZ)",
        },
    ),
    "docs/permissions.md": Scene(
        before=WORLD + MODELS + 'client.create_registered_model("pd_model")',
        commands=ADMIN + PEOPLE,
        put={"--experiment 7": f"--experiment {10**15 + 7}"},
    ),
    "docs/evidence.md": Scene(before=WORLD + MODELS),
    "docs/webhooks.md": Scene(
        before=WORLD + MODELS + RECEIVER,
        commands=SERVER,
        put={
            "https://hooks.example.com/cuvee": "$(cat receiver)",
            "<id>": f"$(cuvee webhooks list --json | {PICK.format('webhook_id')})",
        },
        options="--allow-webhook-host 127.0.0.1",
    ),
    "docs/cli.md": Scene(before=WORLD + MODELS),
    "docs/models.md": Scene(
        before=WORLD + MODELS + OLD,
        put={'"sha256:9f86d0..."': '"sha256:" + client.get_model_version("old", 1).digest'},
    ),
    "docs/migrating.md": Scene(),
    "docs/review.md": Scene(before=WORLD + MODELS, commands=ADMIN + PEOPLE + REVIEWED),
    "docs/search.md": Scene(before=WORLD, put=EXPERIMENTS),
    "docs/audit.md": Scene(
        before=WORLD + MODELS + HELD + CHANGES,
        without=("cuvee audit verify postgresql",),
        put={
            "cuvee-log-5c...+8a0b77d2+AYb...": KEY,
            "cuvee events --follow": "timeout --preserve-status -s INT 5 cuvee events --follow",
            "curl -N": "timeout 5 curl -sN",
            "since=0'": "since=0' | grep -m 1 data || test $? != 1",
            "event.action)": "event.action)\n    break",
            '"sequence": 17': f'"sequence": \'"$(cuvee events --action version.transitioned --json'
            f" | {PICK.format('sequence')})\"'",
        },
    ),
    "docs/ui.md": Scene(before=CONFUSION),
}
