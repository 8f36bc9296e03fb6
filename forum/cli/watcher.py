"""What is left of the first process once it has started the others: it replaces one that ends, and ends with them.

Run as a program of its own in the first process's place (same process id, so they are still its children). It imports
next to nothing: the first process would otherwise keep 50 MB only to wait.

    watcher.py {"socket": 5, "processes": {"71": 0, "72": 1}, "replace": ["python", "-m", "flask", …]}
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from types import FrameType

NOT_SOONER_SECONDS = 1.0
"""A process that ends at once is not started again at once."""


def main(given: str) -> None:
    asked = json.loads(given)
    running: dict[int, int] = {int(pid): number for pid, number in asked["processes"].items()}
    ending: list[int] = []  # the signals that told it to end

    def stop(number: int, _frame: FrameType | None) -> None:
        ending.append(number)
        for child in running:
            os.kill(child, signal.SIGTERM)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    while running:
        child, status = os.waitpid(-1, 0)
        number = running.pop(child, None)
        if number is None or ending:
            continue
        _say(number, os.waitstatus_to_exitcode(status))
        time.sleep(NOT_SOONER_SECONDS)
        if ending:
            continue
        place = {"--take-place": number, "--socket": asked["socket"], "--watched-by": os.getpid()}
        replacement = _start([*asked["replace"], *(str(part) for pair in place.items() for part in pair)])
        running[replacement] = number
        if ending:  # told so while it started
            os.kill(replacement, signal.SIGTERM)


def _start(command: list[str]) -> int:
    """A fresh process: this one has nothing loaded that it could fork."""
    return os.posix_spawnp(command[0], command, os.environ)


def _say(number: int, status: int) -> None:
    moment = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
    line = {"time": moment, "level": "error", "place": number, "status": status, "event": "process_ended"}
    sys.stderr.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
