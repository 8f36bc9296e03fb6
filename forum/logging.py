"""What the site says on stderr: one JSON object a line, and only what the list below lets through.

People trust this place with words that could hurt them elsewhere, and logs travel far. So nothing passes
because nobody thought of it: keys must be on the list, values must be numbers or codes, and the messages of
exceptions and of libraries, which quote what went wrong, are never written: only the class and the lines.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog

from forum import clock
from forum.config import ROOT, Environment, Settings

ALLOWED = frozenset(
    [
        "assessment",
        "attempts",
        "command",
        "count",
        "decision",
        "detector",
        "display",
        "endpoint",
        "error",
        "event",
        "group",
        "host",
        "item",
        "job",
        "kind",
        "level",
        "logger",
        "member",
        "method",
        "milliseconds",
        "model",
        "place",
        "policy",
        "port",
        "post",
        "reason",
        "request_id",
        "revision",
        "route",
        "seconds",
        "seq",
        "status",
        "support",
        "thread",
        "time",
        "trace",
        "urgency",
        "version",
        "why",
    ]
)
"""Every key that may appear. A new one is a decision: ids, codes, counts and times only."""

WITHHELD = "withheld"
_CODE = re.compile(r"[A-Za-z0-9_.:/<>+-]{1,120}\Z")
_EVENT = re.compile(r"[a-z][a-z0-9_.]{0,59}\Z")
_MEMBER = re.compile(r"(?:staff|member)-[0-9a-f]{12}\Z")
_FRAMES = 25

Line = MutableMapping[str, Any]


def configure(settings: Settings) -> None:
    """Send this program's log and every library's through the gate. May be called again."""
    structlog.configure(
        processors=[_structlog_line],
        wrapper_class=structlog.make_filtering_bound_logger(settings.log_level.lower()),
        logger_factory=_Stderr,
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    for old in [handler for handler in root.handlers if isinstance(handler, Gate)]:
        root.removeHandler(old)
    root.addHandler(Gate())
    # Libraries' messages are withheld anyway: below a warning they would only be noise.
    root.setLevel("WARNING" if settings.log_level == "INFO" else settings.log_level)
    logging.getLogger("moderation").setLevel(settings.log_level)
    logging.captureWarnings(capture=True)
    if settings.env is not Environment.TEST:  # the test runner has hooks of its own
        sys.excepthook = _uncaught
        threading.excepthook = _uncaught_in_thread
        sys.unraisablehook = _unraisable


def gated(line: Mapping[str, Any]) -> dict[str, Any]:
    """`line` without what is not allowed. A value that could be words becomes `withheld`."""
    return {key: _value(key, value) for key, value in line.items() if key in ALLOWED and value is not None}


def _value(key: str, value: Any) -> Any:
    if isinstance(value, bool | int | float):
        return value
    if key == "trace" and isinstance(value, tuple):  # made by `_fault`, never by a caller
        return [str(frame) for frame in value]
    pattern = {"event": _EVENT, "member": _MEMBER}.get(key, _CODE)
    return str(value) if isinstance(value, str) and pattern.match(value) else WITHHELD


def _rendered(level: str, line: Mapping[str, Any]) -> str:
    return json.dumps({"time": clock.now().isoformat(timespec="milliseconds"), "level": level, **gated(line)})


def _structlog_line(_logger: Any, method: str, line: Line) -> str:
    """structlog's whole chain: the gate, then JSON."""
    fault = _error_in(line.pop("exc_info", None))
    return _rendered(
        "error" if method == "exception" else method, {**line, **(_fault(fault) if fault else {})}
    )


def _error_in(info: Any) -> BaseException | None:
    match info:
        case BaseException():
            return info
        case (_, BaseException() as error, _):
            return error
        case None | False:
            return None
    return sys.exc_info()[1]


def _fault(error: BaseException) -> dict[str, Any]:
    """An exception as its class and the lines it passed; never its message, which may quote anything."""
    return {"error": type(error).__name__, "trace": tuple(_frames(error.__traceback__))}


def _frames(trace: TracebackType | None) -> list[str]:
    frames = [
        (frame.f_code.co_filename, line, frame.f_code.co_name) for frame, line in traceback.walk_tb(trace)
    ]
    return [f"{_place(file)}:{line} {function}" for file, line, function in frames[-_FRAMES:]]


def _place(file: str) -> str:
    """A file as the project or its package knows it, so that no log shows the machine's folders."""
    path = Path(file)
    if "site-packages" in path.parts:
        return "/".join(path.parts[path.parts.index("site-packages") + 1 :])
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name


class _Stderr:
    """structlog's end: writes to stderr as it is at that moment."""

    def __init__(self, *_names: Any) -> None:
        pass

    def write(self, line: str) -> None:
        sys.stderr.write(line + "\n")

    debug = info = warning = error = critical = exception = msg = write


class Gate(logging.Handler):
    """The end of the standard library's logging: says that a library spoke, and where, not what it said."""

    def emit(self, record: logging.LogRecord) -> None:
        line = {key: value for key, value in vars(record).items() if key in ALLOWED - {"thread"}}
        line["event"] = (
            record.msg if isinstance(record.msg, str) and _EVENT.match(record.msg) else "library_message"
        )
        line["logger"] = record.name
        line["place"] = f"{_place(record.pathname)}:{record.lineno}"
        fault = _error_in(record.exc_info) if record.exc_info else None
        sys.stderr.write(
            _rendered(record.levelname.lower(), {**line, **(_fault(fault) if fault else {})}) + "\n"
        )


def _report(error: BaseException, event: str) -> None:
    sys.stderr.write(_rendered("critical", {"event": event, **_fault(error)}) + "\n")


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        _report(error.with_traceback(trace), "program_failed")


def _uncaught_in_thread(arguments: threading.ExceptHookArgs) -> None:
    if arguments.exc_value is not None and not isinstance(arguments.exc_value, SystemExit):
        _report(arguments.exc_value.with_traceback(arguments.exc_traceback), "thread_failed")


def _unraisable(what: Any) -> None:
    if what.exc_value is not None:
        _report(what.exc_value, "cleanup_failed")
