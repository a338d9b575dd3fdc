"""How a program ends: its exception, its exit code, and a polite end when it is told to stop."""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

MAX_TEXT = 8000
EXCEPTION = "cuvee.exception"
EXIT_CODE = "cuvee.exit_code"


class _Ends:
    watching = False
    code: int | None = None
    problem: BaseException | None = None


_ends = _Ends()


def watch(stop: Callable[[str, int], None]) -> None:
    """Note from now on how the program ends.

    Args:
        stop: ends what runs with a status and an exit code; called when the program is told to
            end (SIGTERM), which it then does.
    """
    if _ends.watching:
        return
    _ends.watching = True
    hook, leave = sys.excepthook, sys.exit

    def on_exception(
        kind: type[BaseException], problem: BaseException, trace: TracebackType | None
    ) -> None:
        _ends.problem = problem
        hook(kind, problem, trace)

    def on_exit(status: Any = None, /) -> None:
        _ends.code = status if isinstance(status, int) else int(status is not None)
        leave(status)

    sys.excepthook = on_exception
    sys.exit = on_exit  # type: ignore[assignment]
    main = threading.current_thread() is threading.main_thread()
    if not main or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        return
    pid = os.getpid()

    def on_term(number: int, frame: FrameType | None) -> None:
        del frame
        signal.signal(number, signal.SIG_DFL)
        try:
            if os.getpid() == pid:
                stop("KILLED", 128 + number)
        finally:
            os.kill(os.getpid(), number)

    signal.signal(signal.SIGTERM, on_term)


def ending() -> tuple[str, int, BaseException | None]:
    """Return the status, the exit code and the exception with which the program ends."""
    problem = _ends.problem or getattr(sys, "last_value", None)
    if isinstance(problem, KeyboardInterrupt):
        return "KILLED", 130, problem
    if problem is not None:
        return "FAILED", 1, problem
    code = _ends.code or 0
    return ("FAILED" if code else "FINISHED"), code, None


def told(problem: BaseException) -> str:
    """Return an exception with the end of its traceback, as the tag ``cuvee.exception`` has it."""
    text = "".join(traceback.format_exception(type(problem), problem, problem.__traceback__))
    return text if len(text) <= MAX_TEXT else "..." + text[-MAX_TEXT + 3 :]
