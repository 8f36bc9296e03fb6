"""Make `.venv` and install one pinned requirements file into it, showing that something happens.

Runs on any Python 3.11+ with its standard library only. A stamp named after the file's hash makes
every later call cost a few milliseconds, also with no network.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
QUIET_SECONDS = 15


def stamp(requirements: Path) -> Path:
    return VENV / f".installed-{hashlib.sha256(requirements.read_bytes()).hexdigest()[:24]}"


def works(python: Path) -> bool:
    """A folder that was moved, or whose Python was removed, has a `.venv` that cannot start."""
    if not python.exists():
        return False
    probe: list[str | Path] = [python, "-c", "import sys, pip; sys.exit(sys.version_info < (3, 11))"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def run_visibly(command: list[str | Path]) -> int:
    """Run a command; when it is silent for long, say that it is still at work."""
    started = time.monotonic()
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL)
    try:
        while True:
            try:
                return process.wait(timeout=QUIET_SECONDS)
            except subprocess.TimeoutExpired:
                print(f"… still at work ({time.monotonic() - started:.0f} s)", flush=True)
    except KeyboardInterrupt:
        process.terminate()
        process.wait()
        raise


def make_venv() -> None:
    print("Making .venv …", flush=True)
    # A system Python would otherwise be named by the old .venv itself, which --clear then deletes.
    base = getattr(sys, "_base_executable", sys.executable)
    if run_visibly([base, "-m", "venv", "--clear", VENV]):
        sys.exit("Could not make .venv. On Debian or Ubuntu: apt-get install python3-venv, then try again.")


def install(requirements: Path) -> None:
    count = len(re.findall(r"^[A-Za-z0-9]", requirements.read_text(encoding="utf-8"), re.MULTILINE))
    name = requirements.relative_to(ROOT)
    print(f"Installing up to {count} pinned packages from {name}: a minute or two, once.", flush=True)
    pip: list[str | Path] = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    if run_visibly([*pip, "--require-hashes", "-r", requirements]):
        sys.exit(f"Could not install {name}: see above for why. Running the command again is safe.")


def main(requirements: Path) -> None:
    made = not works(PYTHON)
    if not made and stamp(requirements).exists():
        return
    if made:
        make_venv()
    install(requirements)
    stamp(requirements).touch()
    if requirements != ROOT / "requirements.txt":  # the others contain it, with the same pins
        stamp(ROOT / "requirements.txt").touch()
    print("Installed.", flush=True)


if __name__ == "__main__":
    main(ROOT / sys.argv[1])
