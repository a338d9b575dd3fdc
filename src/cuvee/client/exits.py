"""How a program ends: its exception, its exit code, and a polite end when it is told to stop."""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from types import CodeType, FrameType, TracebackType
from typing import Any

MAX_TEXT = 8000
EXCEPTION = "cuvee.exception"
EXIT_CODE = "cuvee.exit_code"


class _Ends:
    watching = False
    code: int | None = None
    problem: BaseException | None = None
    said: BaseException | None = None
    """The ``SystemExit`` that has a message for people."""


_ends = _Ends()


def code_of(status: Any) -> int:
    """Return the exit code of a program that ends with ``SystemExit(status)``."""
    if isinstance(status, int):
        return int(status)
    return int(status is not None)


def watch(stop: Callable[[str, int], None] | None = None) -> None:
    """Note from now on how the program ends.

    Args:
        stop: ends what runs with a status and an exit code; called when the program is told to
            end (SIGTERM), which it then does. None leaves that signal alone.
    """
    if _ends.watching:
        return
    _ends.watching = True
    hook = sys.excepthook

    def on_exception(
        kind: type[BaseException], problem: BaseException, trace: TracebackType | None
    ) -> None:
        _ends.problem = problem
        hook(kind, problem, trace)

    sys.excepthook = on_exception
    if not _watch_raised():
        _watch_calls()
    if stop is not None:
        _watch_signal(stop)


def _watch_raised() -> bool:
    """Note the last ``SystemExit`` that the main thread has raised; say whether we can.

    The interpreter shows it to no hook. Since Python 3.12 one may ask to be told of exceptions, and
    is told of nothing else: a quarter of a microsecond for each exception that the program raises.
    What is not asked is where one is caught: what is called there has no room when the stack is
    full, fails, and Python 3.13 goes to the same handler with that for ever. So the program has
    caught it if its main module came to its end.
    """
    monitoring: Any = getattr(sys, "monitoring", None)
    main = _main_module()
    if monitoring is None or main is None:
        return False
    free = [tool for tool in (4, 3) if monitoring.get_tool(tool) is None]
    if not free:
        return False
    tool, events = free[0], monitoring.events
    monitoring.use_tool_id(tool, "cuvee")

    def on_raise(code: CodeType, place: int, problem: BaseException) -> None:
        del code, place
        if isinstance(problem, SystemExit) and _in_main():
            _note(problem)

    def on_end(code: CodeType, place: int, result: object) -> None:
        del code, place, result
        _ends.code = _ends.said = None

    for event, call in (
        (events.RAISE, on_raise),
        (events.RERAISE, on_raise),
        (events.PY_RETURN, on_end),
    ):
        monitoring.register_callback(tool, event, call)
    monitoring.set_events(tool, events.RAISE | events.RERAISE)
    monitoring.set_local_events(tool, main, events.PY_RETURN)
    return True


def _main_module() -> CodeType | None:
    """Return the code of the program's main module; None where nothing was started as one."""
    frame = sys._current_frames().get(threading.main_thread().ident or 0)  # noqa: SLF001  # public
    found: CodeType | None = None
    while frame is not None:  # the outermost: what a notebook runs says that it is the main one
        if frame.f_globals.get("__name__") == "__main__" and frame.f_code.co_name == "<module>":
            found = frame.f_code
        frame = frame.f_back
    return found


def _watch_calls() -> None:
    """Note calls of ``sys.exit``, which is how most programs end early."""
    leave = sys.exit

    def on_exit(status: Any = None, /) -> None:
        if _in_main():
            _note(SystemExit(status))
        leave(status)

    sys.exit = on_exit  # type: ignore[assignment]


def _note(problem: SystemExit) -> None:
    _ends.code = code_of(problem.code)
    _ends.said = problem if isinstance(problem.code, str) else None


def _in_main() -> bool:
    # A thread that raises it ends itself alone.
    return threading.current_thread() is threading.main_thread()


def _watch_signal(stop: Callable[[str, int], None]) -> None:
    if not _in_main() or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
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
    return ("FAILED" if code else "FINISHED"), code, _ends.said


def told(problem: BaseException) -> str:
    """Return an exception with the end of its traceback, as the tag ``cuvee.exception`` has it."""
    text = "".join(traceback.format_exception(type(problem), problem, problem.__traceback__))
    return text if len(text) <= MAX_TEXT else "..." + text[-MAX_TEXT + 3 :]
