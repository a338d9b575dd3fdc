"""Demo data are loaded by whichever process of a server is asked, once, in the caller's name."""

from __future__ import annotations

import http.client
from pathlib import Path

from cuvee.api.demo import MODEL
from refusals.served import Site, wait_for

CUVEE = "/api/1.0/cuvee/"


def test_any_process_of_a_server_loads_them_at_its_own_address(tmp_path: Path) -> None:
    options = ("--workers", "2", "--static-prefix", "/ml")
    site = Site(f"sqlite:///{tmp_path}/cuvee.db", tmp_path, *options)
    headers = {"Authorization": "Basic YW5uOi0=", "Content-Type": "application/json"}  # ann:-

    def answers() -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)
        try:
            connection.request("GET", "/ml/health")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    try:
        wait_for(answers, seconds=60)
        path = f"/ml{CUVEE}demo/load"
        body = b'{"story": "wine"}'
        assert site.send("POST", path, b'{"story": "beer"}', headers=headers).status == 400
        loaded = site.send("POST", path, body, headers=headers, timeout=120)
        assert (loaded.status, loaded.json.get("model")) == (200, MODEL)
        found = site.send("GET", f"/ml{CUVEE}events?model={MODEL}").json["events"]
        assert {event["actor"] for event in found} == {"ann"}
        assert "version.transitioned" in {event["action"] for event in found}
        again = site.send("POST", path, body, headers=headers)
        assert again.status == 409
        assert "already" in again.json["message"]
    finally:
        site.close()
