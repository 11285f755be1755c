#!/usr/bin/env bash
# Write the two lock files from the two .in files. Needs `uv` on PATH (say, in a scratch environment).
# For Debian's stock 3.11.2: a lock made on a later 3.11 lacks async-timeout and does not install there.
set -euo pipefail
cd "$(dirname "$0")/.."
lock() {
    uv pip compile --quiet --python-version 3.11.2 --python-platform linux --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-header "$@"
}
lock requirements.in -o requirements.txt
lock requirements-dev.in -o requirements-dev.txt
lock requirements-assets.in -o requirements-assets.txt
