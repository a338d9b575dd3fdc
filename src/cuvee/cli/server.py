"""``cuvee server``: serve a store over HTTP."""

from __future__ import annotations

from typing import Any

import click

from cuvee.cli.options import examples


@click.command(
    epilog=examples(
        "cuvee server",
        "cuvee server --host 0.0.0.0 --allowed-hosts ml.example.com --login",
        "cuvee server --backend-store-uri postgresql://cuvee@db/cuvee \\",
        "             --artifacts-destination /srv/cuvee/artifacts --workers 4",
    )
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=5000,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Number of server processes.",
)
@click.option(
    "--backend-store-uri",
    metavar="URI",
    help="Database: sqlite:///path or postgresql://user@host/name. "
    "[default: SQLite in ./cuvee-data]",
)
@click.option(
    "--default-artifact-root",
    metavar="URI",
    help="Artifact location of new experiments. [default: mlflow-artifacts:/, through this server]",
)
@click.option(
    "--artifacts-destination",
    metavar="PATH",
    help="Directory where the server keeps artifacts. [default: ./cuvee-data/artifacts]",
)
@click.option(
    "--allowed-hosts",
    metavar="HOST[,HOST...]",
    default="",
    help="Host names that requests may be addressed to, besides the local ones; "
    "protects browsers against DNS rebinding.",
)
@click.option(
    "--forwarded-allow-ips",
    metavar="IP[,IP...]",
    default="",
    envvar="FORWARDED_ALLOW_IPS",
    help="Addresses or networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are "
    "believed. [default: none] [env: FORWARDED_ALLOW_IPS]",
)
@click.option(
    "--static-prefix",
    metavar="/PATH",
    default="",
    help="Path below which a proxy presents this server, such as /ml.",
)
@click.option(
    "--login",
    is_flag=True,
    help="Answer nobody without a login; prints a token for the first admin while there are no "
    "users. Once there are users, everyone must log in with or without this option.",
)
@click.option(
    "--allow-webhook-host",
    "webhook_hosts",
    metavar="NAME[:PORT]",
    multiple=True,
    envvar="CUVEE_WEBHOOK_HOSTS",
    help="Host that webhooks may go to although it is not public, or not over https; may be "
    "repeated. [env: CUVEE_WEBHOOK_HOSTS, separated by spaces]",
)
@click.option(
    "--webhook-attempts",
    type=click.IntRange(1, 1000),
    default=23,
    show_default=True,
    envvar="CUVEE_WEBHOOK_ATTEMPTS",
    help="Requests until a webhook delivery is given up; 23 take about a day.",
)
@click.option(
    "--webhook-retry",
    type=click.FloatRange(0.01, 7200),
    default=5.0,
    show_default=True,
    envvar="CUVEE_WEBHOOK_RETRY",
    help="Seconds until the second request; the wait doubles from there, up to two hours.",
)
@click.option(
    "--scoring-url",
    "scoring",
    metavar="[NAME/VERSION=]URL",
    multiple=True,
    envvar="CUVEE_SCORING_URLS",
    help="Where a version is served, so that it can be tried on its page; without NAME/VERSION, "
    "where all are, with {name} and {version} in the path. May be repeated. "
    "[env: CUVEE_SCORING_URLS, separated by spaces]",
)
@click.option(
    "--search-timeout",
    type=click.FloatRange(min=0),
    default=30.0,
    show_default=True,
    envvar="CUVEE_SEARCH_TIMEOUT",
    help="Seconds after which a search is given up, and refused; 0 lets it take any time.",
)
@click.option(
    "--addresses/--no-addresses",
    default=True,
    show_default=True,
    envvar="CUVEE_ADDRESSES",
    help="Keep, for admins, from which IP address each change was made; 'cuvee audit "
    "forget-addresses' erases old ones.",
)
@click.option(
    "--log-key",
    metavar="PATH",
    envvar="CUVEE_LOG_KEY",
    help="File with the key that signs the history; servers on one database share it. "
    "[default: log.key beside the data; made at the first start]",
)
@click.option(
    "--secret-key",
    metavar="PATH",
    envvar="CUVEE_SECRET_KEY",
    help="File with the key that seals secrets of webhooks; servers on one database share it. "
    "[default: secret.key beside the data; made when it is needed]",
)
def server(allowed_hosts: str, webhook_attempts: int, webhook_retry: float, **options: Any) -> None:
    """Run the tracking server.

    It serves tracking, the model registry and artifacts over MLflow's REST protocol.

    Stays in the foreground; SIGTERM or Ctrl-C finishes requests under way and stops. The database
    is created when it does not exist; one with an older schema needs 'cuvee db upgrade' first.
    """
    from cuvee.server.run import serve
    from cuvee.server.webhooks import Retries

    hosts = [name.strip() for name in allowed_hosts.split(",") if name.strip()]
    retries = Retries(attempts=webhook_attempts, first=webhook_retry)
    serve(
        allowed_hosts=hosts, retries=retries, **options
    )  # the others bear the names of its arguments
