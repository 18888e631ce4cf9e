#!/usr/bin/env bash
# Plays customer, agent and ops in a real Chromium against the real program on
# free ports with a data folder of its own.
set -euo pipefail
program=$(realpath "${1:?usage: browser-test.sh PROGRAM}")
cd "$(dirname "$0")/../web"
exec env PINGDUI_PROGRAM="$program" npx vitest run --project product
