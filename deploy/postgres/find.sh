#!/usr/bin/env bash
# Sees to a PostgreSQL with pgvector: one that is named or installed is used,
# otherwise a private one is built into TARGET (about a minute, once).
set -euo pipefail
target=${1:?usage: find.sh TARGET}
if [ -n "${PINGDUI_DATABASE_URL:-}${PINGDUI_POSTGRES_BIN:-}" ] || [ -e "$target/ready" ]; then
	exit 0
fi
for control in /usr/share/postgresql/*/extension/vector.control; do
	[ -e "$control" ] && exit 0
done
exec "$(dirname "$0")/build.sh" "$target"
