#!/bin/sh
# Pin every requirements file anew, with hashes, for all platforms. Extra arguments go to uv (`--upgrade`).
set -eu
cd "$(dirname "$0")/.."
export UV_CUSTOM_COMPILE_COMMAND="make lock"

pin() {
    target=$1 source=$2
    shift 2
    uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
        --quiet --output-file "$target" "$source" "$@"
}

pin requirements.txt requirements.in "$@"
for source in requirements/*.in; do
    target=${source%.in}.txt
    # The others use the pins of requirements.txt, so that one .venv can hold both.
    pin "$target" "$source" --constraint requirements.txt "$@"
done
