"""Plain pages without a script: the frame of the login, and what stands for a missing UI."""

from __future__ import annotations

import base64
import hashlib
from html import escape

STYLE = """
:root{color-scheme:light dark;--page:#f7f7f8;--card:#fff;--line:#dcdce1;--ink:#1b1b1f;
--soft:#5d5d66;--accent:#8a1c4a;--on:#fff;--bad:#a3161f}
@media (prefers-color-scheme:dark){:root{--page:#161619;--card:#1f1f23;--line:#3a3a42;
--ink:#ececf0;--soft:#a3a3ad;--accent:#f09abb;--on:#2a0a18;--bad:#ff8a8f}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:14px/1.5 system-ui,sans-serif}
main{max-width:400px;margin:12vh auto 0;padding:24px;background:var(--card);
border:1px solid var(--line);border-radius:8px}
b{color:var(--accent);font-size:18px}
h1{font-size:18px;margin:12px 0}
p{margin:0 0 12px}
label{color:var(--soft)}
input,button{font:inherit;width:100%;padding:7px 10px;border-radius:6px;
border:1px solid var(--line)}
input{background:var(--page);color:var(--ink);margin-top:4px}
button{background:var(--accent);color:var(--on);border-color:transparent;cursor:pointer}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
code{font-family:ui-monospace,monospace;font-size:13px}
.bad{color:var(--bad)}
"""

POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; style-src "
    f"'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"
)
"""The Content-Security-Policy to send with a page: its own style and nothing else."""

HEADERS = [
    (b"content-type", b"text/html; charset=utf-8"),
    (b"content-security-policy", POLICY.encode()),
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
]


def page(title: str, content: str) -> bytes:
    """Return a page.

    Args:
        title: its heading, as text.
        content: what stands below, as HTML.
    """
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(title)} - Cuvee</title>"
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{STYLE}</style></head><body><main><b>Cuvee</b><h1>{escape(title)}</h1>"
        f"{content}</main></body></html>"
    ).encode()


NOT_BUILT = page(
    "The web UI is not built",
    "<p>This Cuvee was installed without its web UI. The server's calls, the clients and the "
    "command line work.</p><p>To build it, install again without <code>CUVEE_SKIP_UI</code>, or "
    "in a clone: <code>python hatch_build.py</code>, and start the server anew.</p>"
    '<p><a href="api/openapi.json">The calls of this server</a></p>',
)
