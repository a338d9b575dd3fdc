"""Files for the tests of the viewers: one of each kind, and those that mean harm."""

from __future__ import annotations

import base64
import io
import json
import math
import struct
import wave
import zlib
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

if TYPE_CHECKING:
    from refusals.served import Site

PROXY = "/api/2.0/mlflow-artifacts/artifacts/"
MODEL = """artifact_path: model
flavors:
  python_function:
    env:
      conda: conda.yaml
      virtualenv: python_env.yaml
    loader_module: mlflow.sklearn
    model_path: model.skops
    python_version: 3.13.0
  sklearn:
    serialization_format: skops
    sklearn_version: 1.7.2
mlflow_version: 3.1.0
model_id: m-0123456789abcdef
model_size_bytes: 20480
signature:
  inputs: '[{"type": "double", "name": "fixed acidity", "required": true}, {"type": "double",
    "name": "pH", "required": false}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1]}}]'
  params: null
utc_time_created: '2026-01-01 10:00:00.000000'
"""
README = """# Wine quality

A model of **red wines**, see [its parameters](config.yaml) and
[the project](https://example.org/wine).

| name | score |
|:-----|------:|
| rmse | 0.61  |

- [x] trained
- [ ] reviewed

![curve](plots/curve.png)

```python
print("hello")
```
"""
SCRIPT = '''"""Trains a model."""

import math


def loss(step: int) -> float:  # falls for ever
    return 1 / (1 + math.sqrt(step))


TEXT = """
not code: def
"""
'''


def png(width: int = 320, height: int = 200) -> bytes:
    """Return an image of a curve."""
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            near = abs(height * (0.1 + 0.8 * (1 - math.exp(-x / 80))) - (height - y)) < 2
            rows += bytes((138, 28, 74) if near else (250, 245 - y // 8, 250))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(bytes(rows))), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


def sound() -> bytes:
    """Return half a second of a tone."""
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        tone = (int(9000 * math.sin(i / 4)) for i in range(4000))
        file.writeframes(b"".join(struct.pack("<h", value) for value in tone))
    return held.getvalue()


def pdf() -> bytes:
    """Return a page with a word on it."""
    text = b"BT /F1 24 Tf 40 100 Td (Report) Tj ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        (
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R"
            b"/Resources<</Font<</F1 5 0 R>>>>>>"
        ),
        b"<</Length %d>>stream\n%s\nendstream" % (len(text), text),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj%s endobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return body + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
        % (len(objects) + 1, table, len(objects) + 1, len(body))
    )


def notebook(markdown: str = "## Results", html: str = "") -> bytes:
    """Return a notebook with outputs of several kinds."""
    table = html or (
        "<table border='1'><thead><tr><th></th><th>rmse</th></tr></thead>"
        "<tbody><tr><th>0</th><td>0.61</td></tr></tbody></table>"
    )
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": ["epoch 1\n", "epoch 2\n"]},
        {
            "output_type": "display_data",
            "metadata": {},
            "data": {"image/png": base64.b64encode(png(120, 60)).decode(), "text/plain": "<Fig>"},
        },
        {
            "output_type": "execute_result",
            "execution_count": 1,
            "metadata": {},
            "data": {"text/html": table, "text/plain": "   rmse\n0  0.61"},
        },
        {
            "output_type": "error",
            "ename": "ValueError",
            "evalue": "no wine",
            "traceback": ["\x1b[31mValueError\x1b[0m: no wine"],
        },
    ]
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": markdown},
        {
            "cell_type": "code",
            "execution_count": 1,
            "metadata": {},
            "source": ["import cuvee\n", "cuvee.log_metric('rmse', 0.61)  # best\n"],
            "outputs": outputs,
        },
    ]
    about = {"language_info": {"name": "python"}}
    whole = {"cells": cells, "metadata": about, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole).encode()


def parquet(compression: Literal["snappy", "zstd", "gzip"] = "snappy") -> bytes:
    """Return a table of 1,500 rows."""
    import polars as pl

    table = pl.DataFrame({
        "wine": [f"wine {i}" for i in range(1500)],
        "quality": [i % 10 for i in range(1500)],
        "ph": [3 + i / 1000 for i in range(1500)],
    })  # fmt: skip
    held = io.BytesIO()
    table.write_parquet(held, compression=compression)
    return held.getvalue()


def friendly() -> dict[str, bytes]:
    """Return a file of each kind that is shown."""
    rows = "".join(f'{i},{i / 7:.4f},"wine, {i}"\n' for i in range(5000))
    return {
        "README.md": README.encode(),
        "config.yaml": b"# settings\nalpha: 0.5\nsolver: saga\nlayers:\n  - 64\n  - 32\n",
        "data/wines.csv": f"id,ph,name\n{rows}".encode(),
        "data/wines.tsv": b"id\tph\n1\t3.1\n",
        "data/wines.parquet": parquet(),
        "data/wines-zstd.parquet": parquet("zstd"),
        "data/wines-gzip.parquet": parquet("gzip"),
        "empty.txt": b"",
        "metrics.json": json.dumps(
            {"rmse": 0.61, "big": 12345678901234567890, "folds": [{"r2": 0.3}, {"r2": 0.4}]}
        ).encode(),
        "broken.json": b'{"loss": NaN, "rest": ...',
        "model/MLmodel": MODEL.encode(),
        "model/model.skops": bytes(range(256)) * 40,
        "notebook.ipynb": notebook(),
        "plots/curve.png": png(),
        "plots/drawing.svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60">'
        b'<rect width="90" height="60" fill="#8a1c4a"/></svg>',
        "report.html": b"<!doctype html><title>r</title><h1>Report</h1><p id=p>static</p>"
        b"<script>document.getElementById('p').textContent = 'drawn by a script'</script>",
        "report.pdf": pdf(),
        "sound.wav": sound(),
        "train.py": SCRIPT.encode(),
        "train.log": "".join(f"step {i} loss {1 / (i + 1):.5f}\n" for i in range(20_000)).encode(),
        "a very long name " + "that goes on and on " * 9 + ".txt": b"long",
    }


ATTACK = """
const got = [];
const attempt = (name, f) => { try { if (f() !== undefined) got.push(name); } catch {} };
attempt("cookie", () => document.cookie || undefined);
attempt("storage", () => localStorage.length);
attempt("session", () => sessionStorage.length);
attempt("database", () => indexedDB.open("x").readyState === "done" || undefined);
if (parent !== window) {
  attempt("parent", () => parent.document.title);
  attempt("top", () => top.document.title);
  attempt("leave", () => { top.location = "about:blank"; });
  attempt("mark", () => { parent.marked = true; return true; });
}
attempt("window", () => window.open("/") || undefined);
(async () => {
  for (const url of ["/api/1.0/cuvee/whoami", "/api/2.0/mlflow/runs/search"]) {
    for (const init of [{credentials: "include"}, {mode: "no-cors", credentials: "include"},
                        {method: "POST", body: "{}", mode: "no-cors"}]) {
      try { await fetch(url, init); got.push("fetch"); } catch {}
    }
  }
  try {
    const asked = new XMLHttpRequest();
    asked.open("GET", "/api/1.0/cuvee/whoami", false);
    asked.send();
    got.push("xhr");
  } catch {}
  await new Promise((done) => {
    const image = new Image();
    image.onload = () => { got.push("image"); done(); };
    image.onerror = done;
    image.src = "/icon.svg";
  });
  for (const make of [
    () => navigator.serviceWorker.register("/assets/x.js"),
    () => new WebSocket("ws://" + (location.host || "localhost") + "/"),
    () => { const f = document.createElement("form"); f.action = "/api/1.0/cuvee/logout";
            f.method = "POST"; document.body.append(f); f.submit(); },
  ]) { try { await make(); } catch {} }
  document.body.append("attack over: " + (got.join(" ") || "nothing"));
})();
"""
"""Tries to reach what belongs to Cuvee, and says in the document what it has reached."""

ONLINE = "parent.marked = top.marked = window.marked = true"
HOSTILE_MARKDOWN = f"""# Hello

<script>{ONLINE}</script>
<img src=x onerror="{ONLINE}">
<iframe srcdoc="<script>{ONLINE}</script>"></iframe>
<a href="javascript:{ONLINE}">html link</a>

[a script](javascript:{ONLINE.replace(" ", "")}) [data](data:text/html,<script>{ONLINE}</script>)
[vb](vbscript:x) [climb](../../../../api/1.0/cuvee/whoami) [root](/logout)
![remote](https://example.org/pixel.png) ![js](javascript:{ONLINE.replace(" ", "")})
![climb](../../x.png)

<svg onload="{ONLINE}"><a xlink:href="javascript:{ONLINE}">x</a></svg>
"""
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60" onload="' + ONLINE + '">'
    "<script>" + ONLINE + "</script><foreignObject><body xmlns='http://www.w3.org/1999/xhtml'>"
    "<img src='x' onerror='" + ONLINE + "'/></body></foreignObject>"
    '<image href="/api/1.0/cuvee/whoami"/><rect width="90" height="60"/></svg>'
)
MARKUP = "<img src=x onerror=alert(1)><b>name.txt"
BIDI = "invoice\u202egnp.exe"


def hostile() -> dict[str, bytes]:
    """Return files that try to break out, or to look like something else."""

    def page(name: str) -> bytes:
        return f"<!doctype html><body>{name}<script>{ATTACK}</script></body>".encode()

    harm = f"<img src=x onerror='{ONLINE}'><script>{ONLINE}</script>"
    model = MODEL.replace("mlflow.sklearn", harm.replace("'", '"')).replace("pH", "<b>pH</b>")
    return {
        "attack.html": page("html"),
        "attack.xhtml": page("xhtml"),
        "attack.svg": SVG.encode(),
        "attack.md": HOSTILE_MARKDOWN.encode(),
        "attack.ipynb": notebook(HOSTILE_MARKDOWN, f"<table><tr><td>{harm}</td></tr></table>"),
        "attack.json": json.dumps({harm: harm, "__proto__": {"marked": True}}).encode(),
        "attack.csv": f'{harm},x\n"=cmd|calc",{harm}\n'.encode(),
        "attack.txt": harm.encode(),
        "attack.bin": b"\x00<script>" + ONLINE.encode() + b"</script>",
        "attack.png": page("png"),
        "attack.pdf": page("pdf"),
        "m/MLmodel": model.encode(),
        f"{MARKUP}": harm.encode(),
        f"<svg onload=alert(1)>/{BIDI}": b"named to deceive",
    }


REFUSED = ["../up.txt", "a/../../b", "%2e%2e/up", "a\tb", "a\nb", "a\x1bb", "back\\slash", "/abs"]
"""Names that are never stored."""


def upload(site: Site, root: str, files: dict[str, bytes]) -> None:
    """Store files below a place of the artifact store."""
    for path, data in files.items():
        answer = site.send("PUT", f"{PROXY}{root}/{quote(path)}", data, headers={})
        assert answer.status == 200, (path, answer)


def new_run(site: Site, name: str, files: dict[str, bytes], **fields: object) -> str:
    """Make a run with files; return its id."""
    about = {"experiment_id": "0", "run_name": name, "start_time": 1, **fields}
    info = site.api("runs/create", **about)["run"]["info"]
    upload(site, info["artifact_uri"].partition(":")[2].strip("/"), files)
    return str(info["run_id"])
