#!/bin/sh
# Make .venv and install a pinned requirements file into it; does nothing when that was done before.
# Usage: sh scripts/setup.sh requirements.txt
set -eu
cd "$(dirname "$0")/.."

usable() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

for candidate in "${PYTHON:-}" .venv/bin/python python3 python3.14 python3.13 python3.12 python3.11 python; do
    if [ -n "$candidate" ] && usable "$candidate"; then
        exec "$candidate" scripts/setup.py "$@"
    fi
done
echo "Haven needs Python 3.11 or newer, and found none. Install it, or name it: PYTHON=/path/to/python3 make run" >&2
exit 1
