"""What the environment says, read once into a frozen value."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from cuvee.errors import InvalidParameter

PREFIXES = ("CUVEE_", "MLFLOW_")
DEFAULT_DATA = "cuvee-data"
MODES = ("online", "offline", "sync", "disabled")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The client's settings; each is read from ``CUVEE_<NAME>``, then from ``MLFLOW_<NAME>``.

    Args:
        tracking_uri: ``TRACKING_URI``: server, database URL or directory; empty means an embedded
            store in ``./cuvee-data``.
        registry_uri: ``REGISTRY_URI``: where registered models are; empty means the tracking URI.
        username: ``TRACKING_USERNAME``: user name for HTTP Basic.
        password: ``TRACKING_PASSWORD``: password for HTTP Basic.
        token: ``TRACKING_TOKEN``: bearer token; used when there is no user name.
        insecure_tls: ``TRACKING_INSECURE_TLS``: ``true`` accepts any TLS certificate.
        ca_file: ``TRACKING_SERVER_CERT_PATH``: file of certificates to trust instead of the
            system's.
        http_timeout: ``HTTP_REQUEST_TIMEOUT``: seconds that a server may take to answer; 120.
        http_max_retries: ``HTTP_REQUEST_MAX_RETRIES``: further attempts after the first; 5.
        experiment_name: ``EXPERIMENT_NAME``: experiment of runs started without ``set_experiment``;
            created when it is missing.
        experiment_id: ``EXPERIMENT_ID``: the same by id; it wins over the name.
        run_id: ``RUN_ID``: run that the first ``start_run`` resumes.
        mode: ``MODE``: ``online``, ``offline``, ``sync`` or ``disabled``; see ``cuvee.set_mode``.
        strict: ``STRICT``: ``true`` raises at the end of a run what is only told otherwise.
        quiet: ``QUIET``: ``true`` prints no link when a run starts.
        capture_output: ``CAPTURE_OUTPUT``: ``false`` leaves the program's output alone.
        capture_environment: ``CAPTURE_ENVIRONMENT``: ``false`` keeps neither the packages nor what
            differs from the git commit.
        journal_dir: ``JOURNAL_DIR``: directory of the journals; empty means
            ``~/.local/state/cuvee/journal``.
        journal_max_bytes: ``JOURNAL_MAX_BYTES``: bytes of a process's journal that may wait.
    """

    tracking_uri: str = ""
    registry_uri: str = ""
    username: str = ""
    password: str = ""
    token: str = ""
    insecure_tls: bool = False
    ca_file: str = ""
    http_timeout: float = 120.0
    http_max_retries: int = 5
    experiment_name: str = ""
    experiment_id: str = ""
    run_id: str = ""
    mode: str = "online"
    strict: bool = False
    quiet: bool = False
    capture_output: bool = True
    capture_environment: bool = True
    journal_dir: str = ""
    journal_max_bytes: int = 4 << 30

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the settings.

        Args:
            environ: variables; the process's environment when absent.

        Raises:
            InvalidParameter: a number is not one; the sentence names the variable.
        """
        env = os.environ if environ is None else environ
        return cls(
            tracking_uri=_text(env, "TRACKING_URI"),
            registry_uri=_text(env, "REGISTRY_URI"),
            username=_text(env, "TRACKING_USERNAME"),
            password=_text(env, "TRACKING_PASSWORD"),
            token=_text(env, "TRACKING_TOKEN"),
            insecure_tls=_flag(env, "TRACKING_INSECURE_TLS", cls.insecure_tls),
            ca_file=_text(env, "TRACKING_SERVER_CERT_PATH"),
            http_timeout=_number(env, "HTTP_REQUEST_TIMEOUT", cls.http_timeout),
            http_max_retries=int(_number(env, "HTTP_REQUEST_MAX_RETRIES", cls.http_max_retries)),
            experiment_name=_text(env, "EXPERIMENT_NAME"),
            experiment_id=_text(env, "EXPERIMENT_ID"),
            run_id=_text(env, "RUN_ID"),
            mode=_mode(env),
            strict=_flag(env, "STRICT", cls.strict),
            quiet=_flag(env, "QUIET", cls.quiet),
            capture_output=_flag(env, "CAPTURE_OUTPUT", cls.capture_output),
            capture_environment=_flag(env, "CAPTURE_ENVIRONMENT", cls.capture_environment),
            journal_dir=_text(env, "JOURNAL_DIR"),
            journal_max_bytes=int(_number(env, "JOURNAL_MAX_BYTES", cls.journal_max_bytes)),
        )


def variable(environ: Mapping[str, str], name: str) -> str | None:
    """Return the name of the variable that sets ``name``, None when none does."""
    return next((p + name for p in PREFIXES if environ.get(p + name)), None)


def _text(environ: Mapping[str, str], name: str) -> str:
    found = variable(environ, name)
    return environ[found] if found else ""


def _flag(environ: Mapping[str, str], name: str, default: bool) -> bool:
    found = _text(environ, name).lower()
    return found in ("true", "1", "yes") if found else default


def _mode(environ: Mapping[str, str]) -> str:
    found = variable(environ, "MODE")
    if not found:
        return Settings.mode
    mode = environ[found].lower()
    if mode not in MODES:
        raise InvalidParameter(
            f"The environment variable {found} is {environ[found]!r}: choose from "
            f"{', '.join(MODES)}."
        )
    return mode


def _number(environ: Mapping[str, str], name: str, default: float) -> float:
    found = variable(environ, name)
    if not found:
        return default
    try:
        number = float(environ[found])
    except ValueError:
        number = -1.0
    if not 0 <= number < 1e15:
        raise InvalidParameter(
            f"The environment variable {found} is {environ[found]!r}: set it to a number such as "
            f"{default:g}, or unset it."
        )
    return number
