#!/usr/bin/env bash
# Installs the Debian packages a step needs, as root; says which are missing
# when it isn't root. Nothing happens where they are there already.
set -euo pipefail
need=()
has() { command -v "$1" >/dev/null 2>&1; }
case ${1:-run} in
run)
	has make || need+=(make)
	has gcc || need+=(gcc libc6-dev)
	has dpkg-architecture || need+=(dpkg-dev)
	[ -e /etc/ssl/certs/ca-certificates.crt ] || need+=(ca-certificates)
	# Without it papers are kept and shown, and what stands on them is asked: not worth
	# stopping for where it can't be installed.
	if [ "$(id -u)" = 0 ]; then
		tesseract --list-langs 2>/dev/null | grep -qx chi_sim || need+=(tesseract-ocr tesseract-ocr-chi-sim)
	fi
	;;
test)
	has ffmpeg || need+=(ffmpeg)
	has chromium || need+=(chromium)
	# What stands on photographed papers is read by it.
	tesseract --list-langs 2>/dev/null | grep -qx chi_sim || need+=(tesseract-ocr tesseract-ocr-chi-sim)
	fc-list 2>/dev/null | grep -qiE 'noto sans cjk|wenquanyi|source han' || need+=(fonts-noto-cjk)
	;;
esac
[ ${#need[@]} -gt 0 ] || exit 0
if [ "$(id -u)" != 0 ]; then
	echo "missing Debian packages: ${need[*]} — install them as root: apt-get install ${need[*]}" >&2
	exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update || true
apt-get -qq install -y --no-install-recommends "${need[@]}"
