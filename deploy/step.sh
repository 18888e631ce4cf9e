#!/usr/bin/env bash
# Runs one named step: a line when it starts, its time when it ends, and its
# whole output only when it fails (or when VERBOSE is set).
set -uo pipefail
name=$1
shift
start=$(date +%s)
printf '  … %s\n' "$name"
if [ -n "${VERBOSE:-}${CI:-}" ]; then
	"$@"
	code=$?
else
	log=$(mktemp)
	"$@" >"$log" 2>&1
	code=$?
	[ $code -eq 0 ] || cat "$log" >&2
	rm -f "$log"
fi
took=$(($(date +%s) - start))
if [ $code -eq 0 ]; then
	printf '  ✓ %s (%ds)\n' "$name" "$took"
else
	printf '  ✗ %s failed after %ds\n' "$name" "$took" >&2
fi
exit $code
