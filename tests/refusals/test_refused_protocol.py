"""The transport of the protocol, by raw HTTP: what is read, how it is answered, what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cuvee import __version__
from refusals.served import API, Answer, Site, check_refusal

FRONTS = ["/api/2.0/mlflow/", "/ajax-api/2.0/mlflow/", "/api/2.0/preview/mlflow/",
          "/ajax-api/2.0/preview/mlflow/"]  # fmt: skip


def new_run(site: Site) -> str:
    """Create a run and return its id."""
    run_id: str = site.api("runs/create", experiment_id="0")["run"]["info"]["run_id"]
    return run_id


def log(site: Site, run: str, text: str) -> Answer:
    """Log a metric with fields as they stand in JSON."""
    body = f'{{"run_id": "{run}", "key": "m", "value": 1, "timestamp": 1, {text}}}'
    return site.send("POST", API + "runs/log-metric", body.encode())


def points(site: Site, run: str) -> list[dict[str, Any]]:
    """Return the points of the metric."""
    answer = site.send("GET", f"{API}metrics/get-history?run_id={run}&metric_key=m")
    found: list[dict[str, Any]] = answer.json.get("metrics", [])
    return found


def test_every_call_is_served_for_clients_pages_and_clients_of_old(own_site: Site) -> None:
    for number, front in enumerate(FRONTS):
        name = f"model-{number}"
        created = own_site.send("POST", front + "registered-models/create", {"name": name})
        assert created.json["registered_model"]["name"] == name
        found = own_site.send("GET", f"{front}registered-models/get?name={name}")
        assert found.status == 200
        renamed = own_site.send(
            "PATCH", front + "registered-models/update", {"name": name, "description": "d"}
        )
        assert renamed.json["registered_model"]["description"] == "d"
        deleted = own_site.send("DELETE", front + "registered-models/delete", {"name": name})
        assert (deleted.status, deleted.body) == (200, b"{}")


def test_slashes_at_the_start_of_a_path_count_as_one(own_site: Site) -> None:
    for front in ("//", "///"):
        found = own_site.send("GET", f"{front}api/2.0/mlflow/experiments/get?experiment_id=0")
        assert found.json["experiment"]["name"] == "Default"
        artifact = f"{front}api/2.0/mlflow-artifacts/artifacts/slashes/a.txt"
        assert own_site.send("PUT", artifact, b"a").status == 200
        assert own_site.send("GET", artifact).body == b"a"
        page = f"{front}model-versions/get-artifact?name=none&version=1&path=../a"
        check_refusal(own_site.send("GET", page), page)
        assert own_site.send("GET", page).status == 400
    assert own_site.send("GET", "/api//2.0/mlflow/experiments/get?experiment_id=0").status == 404


def test_options_is_204_with_what_is_allowed(own_site: Site) -> None:
    answer = own_site.send("OPTIONS", API + "registered-models/alias")
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["allow"] == "DELETE, GET, OPTIONS, POST"
    for path in (API + "logged-models/m-0", "/ajax-api/2.0/mlflow/runs/create", API + "nothing"):
        assert own_site.send("OPTIONS", path).status == 204


def test_answers_carry_the_headers_of_the_protocol(own_site: Site) -> None:
    for target in ("experiments/get?experiment_id=0", "experiments/get?experiment_id=5"):
        headers = own_site.send("GET", API + target).headers
        assert headers["content-type"] == "application/json"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "SAMEORIGIN"
        assert headers["vary"] == "Origin"
        assert "server" not in headers


def test_health_version_and_server_info(own_site: Site) -> None:
    health = own_site.send("GET", "/health")
    assert (health.status, health.body) == (200, b"OK")
    assert health.headers["content-type"].startswith("text/plain")
    version = own_site.send("GET", "/version")
    assert (version.status, version.body.decode()) == (200, __version__)
    for front in ("/api/3.0/mlflow/server-info", "/ajax-api/3.0/mlflow/server-info"):
        info = own_site.send("GET", front).json
        assert info["store_type"] == "SqlStore"
        assert info["multipart_uploads_enabled"] is False
        assert info["multipart_downloads_enabled"] is False
        assert info["workspaces_enabled"] is False
        assert info["features_enabled"] == {"gateway": False}


def test_head_is_answered_without_a_body(own_site: Site) -> None:
    for path in ("/health", "/version", "/", "/api/openapi.json", API + "nothing"):
        answer = own_site.send("HEAD", path)
        assert answer.body == b"", path
    assert own_site.send("GET", "/health").body == b"OK"  # the connection is still in step


def test_errors_have_the_shape_and_status_of_the_protocol(own_site: Site) -> None:
    own_site.api("experiments/create", name="taken")
    for method, call, fields, status, code in (
        ("POST", "experiments/create", {"name": "taken"}, 400, "RESOURCE_ALREADY_EXISTS"),
        ("POST", "experiments/create", {}, 400, "INVALID_PARAMETER_VALUE"),
        ("GET", "experiments/get?experiment_id=77", None, 404, "RESOURCE_DOES_NOT_EXIST"),
        ("GET", "no-such-call", None, 404, "ENDPOINT_NOT_FOUND"),
        ("DELETE", "runs/create", {}, 405, "ENDPOINT_NOT_FOUND"),
    ):
        answer = own_site.send(method, API + call, fields)
        check_refusal(answer, call)
        assert (answer.status, answer.json["error_code"]) == (status, code)


@pytest.mark.parametrize(
    ("method", "path", "advice"),
    [
        ("POST", "/api/3.0/mlflow/traces", "mlflow.tracing.disable()"),
        ("POST", "/api/2.0/mlflow/traces", "mlflow.tracing.disable()"),
        ("GET", "/ajax-api/3.0/mlflow/traces/tr-1", "mlflow.tracing.disable()"),
        ("POST", "/api/3.0/mlflow/traces/tr-1/assessments", "mlflow.tracing.disable()"),
        ("POST", "/v1/traces", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"),
        ("POST", "/v1/traces", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/protobuf"),
        ("POST", "/api/3.0/mlflow/datasets/create", "mlflow.log_input()"),
        ("GET", "/api/3.0/mlflow/scorers/list", "scorers"),
        ("GET", "/api/2.0/mlflow/tracesome", "/api/openapi.json"),
    ],
)
def test_what_is_not_kept_is_named_with_what_to_do_instead(
    method: str, path: str, advice: str, own_site: Site
) -> None:
    answer = own_site.send(method, path, None if method == "GET" else {})
    check_refusal(answer, path)
    assert (answer.status, answer.json["error_code"]) == (404, "ENDPOINT_NOT_FOUND")
    assert advice in answer.json["message"]


@pytest.mark.parametrize(
    ("client", "code"),
    [
        ("mlflow-python-client/1.30.1", "INVALID_STATE"),
        ("mlflow-python-client/2.0.1", "INVALID_STATE"),
        ("mlflow-python-client/2.8.0", "INVALID_STATE"),
        ("mlflow-python-client/2.9.2", "RESOURCE_CONFLICT"),
        ("mlflow-python-client/2.22.5", "RESOURCE_CONFLICT"),
        ("mlflow-python-client/3.17.2", "RESOURCE_CONFLICT"),
        ("mlflow-java-client/1.30.1", "RESOURCE_CONFLICT"),
    ],
)
def test_old_clients_are_refused_in_codes_that_they_know(
    client: str, code: str, own_site: Site
) -> None:
    run = own_site.api("runs/create", experiment_id="0")["run"]["info"]
    name = f"used by {client.replace('/', ' ')}"
    own_site.api("registered-models/create", name=name)
    source = run["artifact_uri"] + "/model"
    own_site.api("model-versions/create", name=name, source=source, run_id=run["run_id"])
    own_site.api("model-versions/transition-stage", name=name, version="1", stage="Production")
    headers = {"Content-Type": "application/json", "User-Agent": client}
    body = {"run_id": run["run_id"]}
    answer = own_site.send("POST", API + "runs/delete", body, headers=headers)
    check_refusal(answer, client)
    assert (answer.status, answer.json["error_code"]) == (409, code)
    assert "Archive that version first" in answer.json["message"]


def test_json_in_a_json_text_is_read(own_site: Site) -> None:
    inner = json.dumps({"name": "twice"})
    answer = own_site.send("POST", API + "experiments/create", json.dumps(inner).encode())
    assert answer.status == 200


def test_a_charset_behind_the_content_type_is_fine(own_site: Site) -> None:
    for number, kind in enumerate(
        ("application/json; charset=utf-8", "APPLICATION/JSON", "application/json;charset=x ; y=z")
    ):
        body = json.dumps({"name": f"typed-{number}"}).encode()
        headers = {"Content-Type": kind}
        assert (
            own_site.send("POST", API + "experiments/create", body, headers=headers).status == 200
        )


def test_null_is_absent_and_unknown_fields_are_passed_over(own_site: Site) -> None:
    fields = {
        "name": "nulls",
        "tags": None,
        "artifact_location": None,
        "color": {"deep": [1, None]},
    }
    assert own_site.send("POST", API + "experiments/create", fields).status == 200
    check_refusal(own_site.send("POST", API + "experiments/create", {"name": None}), "null")
    run = new_run(own_site)
    assert log(own_site, run, '"step": null, "model_id": null').status == 200
    check_refusal(log(own_site, run, '"value": null'), "null value")


def test_the_old_name_of_the_run_id_is_understood(own_site: Site) -> None:
    run = new_run(own_site)
    assert (
        own_site.send("GET", f"{API}runs/get?run_uuid={run}").json["run"]["info"]["run_uuid"] == run
    )
    own_site.api("runs/log-parameter", run_uuid=run, key="p", value="1")
    own_site.api("runs/set-tag", run_uuid=run, run_id="", key="t", value="1")
    own_site.api("runs/update", run_uuid=run, status="FINISHED")
    info = own_site.send("GET", f"{API}runs/get?run_id={run}&run_uuid=other").json["run"]["info"]
    assert (info["run_id"], info["status"]) == (run, "FINISHED")


def test_fields_of_a_body_may_have_their_names_in_camel_case(own_site: Site) -> None:
    experiment = own_site.api("experiments/create", name="camel", artifactLocation="s3://a/b")
    number = experiment["experiment_id"]
    found = own_site.send("GET", f"{API}experiments/get?experiment_id={number}").json
    assert found["experiment"]["artifact_location"] == "s3://a/b"
    made = own_site.api("runs/create", experimentId=number, runName="one", startTime=5, userId="me")
    info = made["run"]["info"]
    assert (info["run_name"], info["start_time"], info["user_id"]) == ("one", 5, "me")
    run = info["run_id"]
    dataset = {"name": "d", "digest": "x", "sourceType": "local", "source": "{}"}
    own_site.api("runs/log-inputs", runId=run, datasets=[{"dataset": dataset}])
    model = own_site.api("logged-models", experiment_id=number, name="m", sourceRunId=run)
    metric = {"key": "a", "value": 1, "timestamp": 1, "modelId": model["model"]["info"]["model_id"]}
    own_site.api("runs/log-batch", run_id=run, metrics=[metric])
    read = own_site.send("GET", f"{API}logged-models/{metric['modelId']}").json["model"]
    assert read["data"]["metrics"][0]["key"] == "a"
    own_site.api("runs/set-tag", runUuid=run, key="a", value='{"runId": "z"}')
    assert own_site.api("runs/search", experimentIds=[number], runViewType="DELETED_ONLY") == {}
    text = json.dumps({"experimentIds": [number], "maxResults": 1})
    answer = own_site.send("POST", API + "runs/search", json.dumps(text).encode())
    tags = {tag["key"]: tag["value"] for tag in answer.json["runs"][0]["data"]["tags"]}
    assert tags["a"] == '{"runId": "z"}'


def test_a_field_is_sent_under_one_of_its_names(own_site: Site) -> None:
    run = new_run(own_site)
    for fields, names in (
        ({"run_id": run, "runId": run, "key": "p", "value": "1"}, "'run_id' and 'runId'"),
        ({"run_id": None, "runId": run, "key": "p", "value": "1"}, "'run_id' and 'runId'"),
    ):
        answer = own_site.send("POST", API + "runs/log-parameter", fields)
        check_refusal(answer, fields)
        assert f"Request specifies both {names}; provide only one" in answer.json["message"]
    point = {"key": "m", "value": 1, "timestamp": 1, "model_id": "m-1", "modelId": "m-2"}
    answer = own_site.send("POST", API + "runs/log-batch", {"run_id": run, "metrics": [point]})
    check_refusal(answer, "in a list")
    assert "'model_id' and 'modelId'" in answer.json["message"]
    answer = own_site.send("POST", API + "runs/search", {"maxResults": "x"})
    assert "'max_results'" in answer.json["message"]


def test_enums_are_read_by_name_and_by_number_and_nothing_else(own_site: Site) -> None:
    experiment = own_site.api("experiments/create", name="views")["experiment_id"]
    run = own_site.api("runs/create", experiment_id=experiment)["run"]["info"]["run_id"]
    for sent, stored in ((3, "FINISHED"), ("4", "FAILED"), ("KILLED", "KILLED"), (1, "RUNNING")):
        answer = own_site.api("runs/update", run_id=run, status=sent)
        assert answer["run_info"]["status"] == stored
    wrongs: list[Any] = [0, 6, "finished", "", " 3", 3.5, True, []]
    for wrong in wrongs:
        answer = own_site.send("POST", API + "runs/update", {"run_id": run, "status": wrong})
        check_refusal(answer, wrong)
    for view, count in ((2, 0), ("3", 1), ("ACTIVE_ONLY", 1)):
        fields = {"experiment_ids": [experiment], "run_view_type": view}
        assert len(own_site.api("runs/search", **fields).get("runs", [])) == count, view
    check_refusal(own_site.send("POST", API + "runs/search", {"run_view_type": "all"}), "case")


@pytest.mark.parametrize(
    ("sent", "came"),
    [
        ("NaN", "NaN"), ('"NaN"', "NaN"), ('"nan"', "NaN"), ("Infinity", "Infinity"),
        ('"-Infinity"', "-Infinity"), ('"inf"', "Infinity"), ('"-Inf"', "-Infinity"),
        ("-Infinity", "-Infinity"), ('"1.5"', 1.5), ('"-2"', -2.0), ("7", 7.0), ("-0.0", -0.0),
        ("5e-324", 5e-324),
        ("1.7976931348623157e308", 1.7976931348623157e308), ("0.1", 0.1), ("1e400", None),
        ("-1e400", None), ('"1e400"', None),
        ("9007199254740993", 9007199254740992.0), ('"0x10"', None), ('" 1"', None), ("true",
        None), ('"1_0"', None),
    ],
)  # fmt: skip
def test_a_value_comes_back_as_it_was_sent_or_is_refused(
    own_site: Site, sent: str, came: Any
) -> None:
    run = new_run(own_site)
    answer = log(own_site, run, f'"value": {sent}')
    if came is None:
        check_refusal(answer, sent)
        assert points(own_site, run) == []
    else:
        assert answer.status == 200, answer
        found = points(own_site, run)[0]["value"]
        assert (repr(found), type(found)) == (repr(came), type(came))


def test_whole_numbers_keep_all_64_bits(own_site: Site) -> None:
    run = new_run(own_site)
    for sent in (2**63 - 1, -(2**63), 2**53 + 1, 0, -1):
        assert log(own_site, run, f'"step": {sent}').status == 200
        assert log(own_site, run, f'"step": "{sent}", "value": 2').status == 200
    steps = sorted({p.get("step", 0) for p in points(own_site, run)})
    assert steps == [-(2**63), -1, 0, 2**53 + 1, 2**63 - 1]
    assert log(own_site, run, '"timestamp": 9223372036854775807').status == 200
    for sent in (2**63, -(2**63) - 1):
        check_refusal(log(own_site, run, f'"step": {sent}'), sent)
        check_refusal(log(own_site, run, f'"step": "{sent}"'), sent)
    check_refusal(log(own_site, run, '"timestamp": 1.5'), "fraction")
    assert log(own_site, run, '"timestamp": 2.0').status == 200


def test_booleans_in_a_query_are_true_or_false_in_any_case(own_site: Site) -> None:
    created = own_site.api("logged-models", experiment_id="0")["model"]["info"]["model_id"]
    target = f"{API}logged-models/{created}"
    own_site.send("DELETE", target, {})
    for text, status in (("true", 200), ("TRUE", 200), ("True", 200), ("false", 404), ("FALSE",
                         404), ("1", 400), ("yes", 400), ("", 400)):  # fmt: skip
        answer = own_site.send("GET", f"{target}?allow_deleted={text}")
        assert answer.status == status, (text, answer)


def test_get_takes_repeated_fields_and_other_methods_take_none_from_the_url(own_site: Site) -> None:
    own_site.api("registered-models/create", name="m")
    call = f"{API}registered-models/get-latest-versions?name=m&stages=Staging&stages=Production"
    assert own_site.send("GET", call).body == b"{}"
    check_refusal(own_site.send("GET", call + "&stages=Cellar"), "the third of them")
    check_refusal(own_site.send("POST", API + "experiments/create?name=x", {}), "query of a POST")


def test_a_get_without_a_query_takes_its_fields_from_a_json_body(own_site: Site) -> None:
    for name in ("body", "other"):
        own_site.api("registered-models/create", name=name)
    call = f"{API}registered-models/get"
    for headers in (None, {}, {"Content-Type": "application/json; charset=utf-8"}):
        found = own_site.send("GET", call, {"name": "body"}, headers=headers)
        assert found.json["registered_model"]["name"] == "body", headers
    found = own_site.send("GET", f"{call}?name=other", {"name": "body"})
    assert found.json["registered_model"]["name"] == "other"
    check_refusal(own_site.send("GET", f"{call}?x=1", {"name": "body"}), "the URL alone counts")
    check_refusal(own_site.send("GET", call), "neither")
    check_refusal(own_site.send("GET", call, b"{"), "no JSON")
    check_refusal(own_site.send("GET", call, b"[]"), "an array")
    large = b'{"name": "' + b"x" * 9 * 2**20 + b'"}'
    check_refusal(own_site.send("GET", call, large), "too large")
    check_refusal(
        own_site.send("GET", call, {"name": "body"}, headers={"Content-Type": "text/plain"}),
        "another type",
    )
    assert own_site.send("GET", f"{call}?name=body").status == 200  # the connection is in step


def test_only_a_post_must_say_that_its_body_is_json(own_site: Site) -> None:
    own_site.api("registered-models/create", name="typed")
    body = {"name": "typed", "description": "none said"}
    update, delete = (f"{API}registered-models/{call}" for call in ("update", "delete"))
    assert own_site.send("PATCH", update, body, headers={}).status == 200
    found = own_site.send("GET", f"{API}registered-models/get?name=typed").json
    assert found["registered_model"]["description"] == "none said"
    plain = {"Content-Type": "text/plain"}
    check_refusal(own_site.send("PATCH", update, body, headers=plain), "plain")
    check_refusal(own_site.send("DELETE", delete, {"name": "typed"}, headers=plain), "plain")
    check_refusal(own_site.send("POST", update.replace("update", "create"), body, headers={}), "")
    assert own_site.send("DELETE", delete, {"name": "typed"}, headers={}).status == 200


def test_names_with_control_characters_keep_listings_right(own_site: Site) -> None:
    names = ["a\nb", "<script>alert(1)", "a\u202eb", "\x1b[31mred", '"quoted" & <b>', "tab\there",
             "\r\nSet-Cookie- x",
             "\u0001", "emoji \U0001f377", "\ufeffbom", "line\u2028sep", "a\x7fb", "%00",
             "{{7*7}}", "' OR 1=1 --"]  # fmt: skip
    experiment = own_site.api("experiments/create", name="odd names")["experiment_id"]
    seen = [name for name in names if name.isprintable()]  # nobody should have to guess a model's
    for name in names:
        own_site.api("experiments/create", name=name)
        own_site.api("runs/create", experiment_id=experiment, run_name=name)
        if name in seen:
            own_site.api("registered-models/create", name=name)
        else:
            call = API + "registered-models/create"
            check_refusal(own_site.send("POST", call, {"name": name}), name)
    found = own_site.api("experiments/search", max_results=100)["experiments"]
    assert {e["name"] for e in found} >= set(names)
    models = own_site.send("GET", API + "registered-models/search?max_results=100").json
    assert {m["name"] for m in models["registered_models"]} >= set(seen)
    assert len(seen) == 6
    runs = own_site.api("runs/search", experiment_ids=[experiment])["runs"]
    assert {r["info"]["run_name"] for r in runs} == set(names)
    events = own_site.send("GET", "/api/1.0/cuvee/events?action=model.created&max_results=100")
    assert {e["object"] for e in events.json["events"]} >= {f"model:{name}" for name in seen}


def test_a_header_that_decides_something_is_sent_once(own_site: Site) -> None:
    body = b'{"name": "twins"}'
    for name, one, two in (
        ("Content-Type", "text/plain", "application/json"),
        ("Authorization", "Basic YTpi", "Basic Yzpk"),
        ("Origin", "http://localhost", "http://evil.org"),
    ):
        kind = "" if name == "Content-Type" else "Content-Type: application/json\r\n"
        request = (
            f"POST {API}experiments/create HTTP/1.1\r\nHost: localhost\r\n{kind}{name}: {one}\r\n"
            f"{name}: {two}\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode() + body
        assert own_site.exchange(request).startswith(b"HTTP/1.1 400 "), name
