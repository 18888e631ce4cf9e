#!/usr/bin/env bash
# Installs the web's packages and builds its pages; each is skipped when nothing
# it depends on has changed since.
set -euo pipefail
cd "$(dirname "$0")/../web"
case ${1:?usage: web.sh install|build} in
install)
	stamp=node_modules/.installed
	if [ -e "$stamp" ] && cmp -s package-lock.json "$stamp"; then exit 0; fi
	npm ci --no-audit --no-fund --loglevel=error
	cp package-lock.json "$stamp"
	;;
build)
	stamp=dist/.built
	sum=$(find . -path ./node_modules -prune -o -path ./dist -prune -o -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum)
	if [ -e "$stamp" ] && [ "$(cat "$stamp")" = "$sum" ]; then exit 0; fi
	npm run --silent build
	printf '%s\n' "$sum" >"$stamp"
	;;
esac
