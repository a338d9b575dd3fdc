"""Webhooks leave from here: one thread follows the log and has its deliveries sent.

Of all the servers and workers on one database, one does this at a time. What it has to do stands in
the database, so whoever takes over goes on where the former one was, however that ended; a message
whose outcome was not recorded is sent again under the same id. In a lane (a webhook and a model)
messages go one by one, in the order of the log; lanes do not wait for each other.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import logging
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from cuvee import __version__
from cuvee.api.base import Actor, Op, Store
from cuvee.api.hooks import (
    CreateHook,
    FindWork,
    FollowLog,
    ForgetDelivered,
    NoteAttempt,
    Outgoing,
    PrepareTry,
    SuspendHook,
    TryHook,
    UpdateHook,
)
from cuvee.api.times import DAY
from cuvee.api.webhooks import (
    CreateRegistryWebhook,
    CreateWebhook,
    RegistryTryResult,
    TryOutcome,
    TryRegistryWebhook,
    TryResult,
    TryWebhook,
    UpdateRegistryWebhook,
    UpdateWebhook,
    target_of,
)
from cuvee.errors import InvalidParameter
from cuvee.server.outbound import Answer, Outbound

R = TypeVar("R")
SENDERS = 16
PER_HOOK = 4
"""Most messages to one webhook at a time: one that hangs must not take every sender."""
POLL = 0.5
TAKE_OVER = 3.0
"""Seconds between attempts to become the one who sends."""
KEEP = 30 * DAY
"""Milliseconds for which what was delivered stays on record."""
JOBS = "/api/2.1/jobs/run-now"
GONE = 410
_log = logging.getLogger("cuvee.webhooks")


class Retries(Struct, frozen=True):
    """How long a failing delivery is tried: by default for about a day.

    Args:
        attempts: requests until it is given up.
        first: seconds until the second one; the wait doubles from there.
        longest: most seconds between two.
    """

    attempts: int = 23
    first: float = 5.0
    longest: float = 7200.0

    def wait(self, failed: int) -> float:
        """Return the seconds to wait after so many failures, of which a part is random."""
        wait = min(self.first * 2.0 ** min(failed - 1, 60), self.longest)
        return wait * random.uniform(0.75, 1.0)  # noqa: S311  # spreads load, hides nothing


class Held(Protocol):
    """The right to be the one who sends."""

    def alive(self) -> bool:
        """Say whether it is still held."""
        ...

    def release(self) -> None:
        """Let another have it."""
        ...


class Webhooks:
    """Sends what webhooks are told.

    Args:
        store: where webhooks, the log and the deliveries are.
        hold: takes the right to be the one who sends; None while another has it.
        outbound: sends requests.
        retries: how long a failing delivery is tried.
        poll: seconds between looks for new events.
    """

    def __init__(
        self,
        store: Store,
        hold: Callable[[], Held | None],
        outbound: Outbound | None = None,
        *,
        retries: Retries | None = None,
        poll: float = POLL,
    ) -> None:
        self.outbound = outbound or Outbound()
        self._store = store
        self._hold = hold
        self._retries = retries or Retries()
        self._poll = poll
        self._actor = Actor("cuvee", via="server")
        self._wake = threading.Event()
        self._stopped = False
        self._busy: dict[int, str] = {}
        self._done: set[int] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._senders: ThreadPoolExecutor | None = None
        self._next_due = 0.0
        self._next_sweep = 0.0

    def start(self) -> None:
        """Begin to follow the log, or to stand by while another does."""
        self._senders = ThreadPoolExecutor(SENDERS, "cuvee-webhook")
        self._thread = threading.Thread(target=self._run, name="cuvee-webhooks", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop; what was under way is sent again by whoever comes next."""
        self._stopped = True
        self._wake.set()
        self.outbound.close()
        if self._thread is not None:
            self._thread.join()
        if self._senders is not None:
            self._senders.shutdown(cancel_futures=True)

    # ------------------------------------------------------------ what calls need

    def check(self, op: Op[Any]) -> None:
        """Refuse an operation that points a webhook to where it may not go.

        Raises:
            InvalidParameter: says why, and who can allow it.
        """
        url: str | None = None
        if isinstance(op, (CreateWebhook, UpdateWebhook, CreateHook, UpdateHook)):
            url = op.url
        elif isinstance(op, (CreateRegistryWebhook, UpdateRegistryWebhook)):
            target = target_of(op.http_url_spec, op.job_spec)
            url = target.url if target else None
        if url:
            refused = self.outbound.refusal(url)
            if refused:
                raise InvalidParameter(refused)

    def test(self, op: Op[Any], actor: Actor) -> TryResult | RegistryTryResult:
        """Send a sample now and say what came of it.

        It is sent between two looks at the store, so that a receiver that hangs holds up nobody.
        """
        assert isinstance(op, Try)  # noqa: S101
        return outcome(op, self._send(self._store.do(prepare(op), actor)))

    # ------------------------------------------------------------ the thread

    def _run(self) -> None:
        while not self._stopped:
            try:
                held = self._hold()
            except Exception:  # noqa: BLE001  # the database may be away for a while
                held = None
            if held is None:
                self._pause(TAKE_OVER)
                continue
            try:
                self._serve(held)
            except Exception:  # noqa: BLE001  # it must go on, in another attempt
                _log.exception("webhooks are interrupted, and go on")
                self._pause(TAKE_OVER)
            finally:
                held.release()

    def _serve(self, held: Held) -> None:
        self._next_due = 0.0
        checked = time.monotonic()
        while not self._stopped:
            if time.monotonic() - checked > TAKE_OVER:
                checked = time.monotonic()
                if not held.alive():
                    return
            self._sweep()
            if not self._round():
                self._pause(min(self._poll, max(0.0, self._next_due - time.time())))

    def _round(self) -> bool:
        """Do what there is to do; say whether to look again at once."""
        look = time.time() >= self._next_due
        self._wake.clear()
        with self._lock:
            self._done.clear()
        work = self._do(FindWork(look=look))
        if work.behind and self._do(FollowLog()).events:
            self._next_due = 0.0
            return True
        if look:
            # Somebody may queue a delivery again meanwhile.
            soon = time.time() + 4 * self._poll
            self._next_due = min(work.next_due / 1000, soon) if work.next_due else soon
            for message in work.due:
                self._begin(message)
            for webhook_id, reason in work.lost.items():
                self._do(SuspendHook(webhook_id=webhook_id, reason=reason))
        return False

    def _begin(self, message: Outgoing) -> None:
        assert self._senders is not None  # noqa: S101
        with self._lock:
            # What was finished since the look may still look due.
            if message.pk in self._busy or message.pk in self._done:
                return
            if len(self._busy) >= SENDERS:
                return
            if Counter(self._busy.values())[message.webhook_id] >= PER_HOOK:
                return
            self._busy[message.pk] = message.webhook_id
        self._senders.submit(self._deliver, message)

    def _deliver(self, message: Outgoing) -> None:
        try:
            began, started = time.monotonic(), int(time.time() * 1000)
            answer = self._send(message)
            took = round((time.monotonic() - began) * 1000)
            if not self._stopped or answer.status is not None:
                outcome = self._outcome(message, answer)
                self._do(replace(outcome, started=started, duration=took))
        except Exception:  # noqa: BLE001  # not recorded, so it is sent again
            _log.exception("delivery %s is not recorded, and will be repeated", message.delivery_id)
            time.sleep(min(1.0, self._poll))
        finally:
            with self._lock:
                self._busy.pop(message.pk, None)
                self._done.add(message.pk)
            self._next_due = 0.0
            self._wake.set()

    def _outcome(self, message: Outgoing, answer: Answer) -> NoteAttempt:
        now = int(time.time() * 1000)
        status = answer.status
        if status is not None and 200 <= status < 300:
            return NoteAttempt(pk=message.pk, state="delivered", due=now, status=status)
        failed = message.attempts + 1
        over = failed >= self._retries.attempts or status == GONE
        wait = max(self._retries.wait(failed), min(answer.retry_after, self._retries.longest))
        return NoteAttempt(
            pk=message.pk,
            state="dead" if over else "pending",
            due=now + int(wait * 1000),
            status=status,
            problem=problem_of(answer),
        )

    def _send(self, message: Outgoing) -> Answer:
        url, body, headers = request_of(message, int(time.time()))
        return self.outbound.post(url, body, headers, verify=message.verify)

    def _sweep(self) -> None:
        if time.monotonic() >= self._next_sweep:
            self._next_sweep = time.monotonic() + 3600
            self._do(ForgetDelivered(before=int(time.time() * 1000) - KEEP))

    def _do(self, op: Op[R]) -> R:
        return self._store.do(op, self._actor)

    def _pause(self, seconds: float) -> None:
        if not self._stopped:
            self._wake.wait(seconds)


# ---------------------------------------------------------------- what is sent


def request_of(message: Outgoing, now: int) -> tuple[str, bytes, dict[str, str]]:
    """Return the URL, the body and the headers of a message.

    Args:
        message: the message.
        now: seconds since 1970, for the signature.
    """
    body = message.payload.encode()
    headers = {**message.headers, "Content-Type": "application/json"}
    headers["User-Agent"] = f"cuvee/{__version__}"
    if message.authorization:
        headers["Authorization"] = message.authorization
    if message.job:
        job = {"job_id": int(message.job), "notebook_params": {"event_message": message.payload}}
        return message.url.rstrip("/") + JOBS, msgspec.json.encode(job), headers
    secret, stamp = message.secret, str(now)
    signed = f"{message.delivery_id}.{stamp}.".encode() + body
    if message.form == "mlflow":
        headers |= {"X-MLflow-Delivery-Id": message.delivery_id, "X-MLflow-Timestamp": stamp}
        if secret:
            headers["X-MLflow-Signature"] = _v1(secret.encode(), signed)
    elif message.form == "databricks":
        if secret:
            code = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
            headers["X-Databricks-Signature"] = code
    else:
        headers["Content-Type"] = "application/cloudevents+json; charset=utf-8"
        headers |= {"webhook-id": message.delivery_id, "webhook-timestamp": stamp}
        if secret:
            headers["webhook-signature"] = _v1(_key(secret), signed)
    return message.url, body, headers


def _v1(key: bytes, signed: bytes) -> str:
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def _key(secret: str) -> bytes:
    """Return the key of a Standard Webhooks secret: ``whsec_`` and base64, or the text itself."""
    if secret.startswith("whsec_"):
        try:
            return base64.b64decode(secret[6:], validate=True)
        except (binascii.Error, ValueError):
            pass
    return secret.encode()


def problem_of(answer: Answer) -> str:
    """Say in a sentence what went wrong; empty when nothing did."""
    status = answer.status
    if status is None or answer.problem:
        return answer.problem
    if 200 <= status < 300:
        return ""
    if 300 <= status < 400:
        return f"The receiver answered {status}: redirects are not followed; use the final URL."
    return f"The receiver answered {status}; its log says why, for its words are not shown here."


Try = TryWebhook | TryRegistryWebhook | TryHook
TRIES = (TryWebhook, TryRegistryWebhook, TryHook)


def prepare(op: Try) -> PrepareTry:
    """Return the operation that writes the sample which a test call sends."""
    if isinstance(op, TryRegistryWebhook):
        return PrepareTry(webhook_id=op.id, form="databricks", event=op.event or "")
    if isinstance(op, TryWebhook):
        event = f"{op.event.entity}.{op.event.action}" if op.event else ""
        return PrepareTry(webhook_id=op.webhook_id, form="mlflow", event=event)
    return PrepareTry(webhook_id=op.webhook_id)


def outcome(op: Try, answer: Answer) -> TryResult | RegistryTryResult:
    """Return what a test call says of an answer; never the receiver's words."""
    problem = problem_of(answer)
    if isinstance(op, TryRegistryWebhook):
        return RegistryTryResult(answer.status or 0, problem)
    good = answer.status is not None and not problem
    tried = TryOutcome(success=good, response_status=answer.status, error_message=problem)
    if isinstance(op, TryWebhook) and answer.status is not None and not answer.problem:
        # With MLflow an error is that no answer came; of an answer there is its body.
        tried = TryOutcome(success=good, response_status=answer.status, response_body=problem)
    return TryResult(tried)
