#!/usr/bin/env bash
# Builds a private PostgreSQL 15 with pgvector 0.8.0 into one movable folder,
# from Debian's own packages, changing nothing in the system.
#
#   deploy/postgres/build.sh TARGET
#
# Needs: make, gcc, libc6-dev, dpkg-dev (apt-get source), a configured Debian
# mirror. The mirror is taken from the system's own apt configuration.
set -euo pipefail

target=${1:?usage: build.sh TARGET}
vector_version=0.8.0-1
vector_sha256=867a2c328d4928a5a9d6f052cd3bc78c7d60228a9b914ad32aa3db88e9de27b0

if [ -e "$target/ready" ]; then
	exit 0
fi
step() { printf '    %s\n' "$*"; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/src" "$work/debs" "$work/tree"

# The first mirror that serves Debian's main archive, in either source format.
# shellcheck source=/dev/null
. /etc/os-release
code=${VERSION_CODENAME:-bookworm}
mirror=$(cat /etc/apt/sources.list.d/*.sources 2>/dev/null |
	awk -v code="$code" '/^URIs:/{uri=$2} /^Suites:/{for(i=2;i<=NF;i++) if($i==code && uri) {print uri; exit}}')
if [ -z "$mirror" ]; then
	mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
		sed 's/\[[^]]*\]//' | awk -v code="$code" '$1=="deb" && $3==code {print $2; exit}')
fi
if [ -z "$mirror" ]; then
	echo "build.sh: no Debian mirror for $code is configured in /etc/apt; configure one, or install PostgreSQL with pgvector >= 0.8 and set PINGDUI_POSTGRES_BIN to its bin folder" >&2
	exit 1
fi
# The security archive stands beside the main one on every mirror.
security=$(cat /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2>/dev/null |
	grep -v '^#' | grep -oE '[a-z]+://[^ ]*debian-security[^ ]*' | head -n 1 || true)

if [ "$code" = bookworm ]; then pg=15; else pg=17; fi
key=/usr/share/keyrings/debian-archive-keyring.gpg
signed=""
[ -e "$key" ] && signed="[signed-by=$key]"
{
	echo "deb $signed $mirror $code main"
	echo "deb $signed $mirror $code-updates main"
	[ -n "$security" ] && echo "deb $signed $security $code-security main"
	echo "deb-src $signed $mirror trixie main"
} >"$work/sources.list"
apt_options=(
	-o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=/dev/null
	-o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache"
	-o APT::Sandbox::User=root -o Acquire::Languages=none -o Acquire::Retries=3
	-o APT::Get::List-Cleanup=0
)

step "package lists"
apt-get "${apt_options[@]}" -qq update

step "pgvector $vector_version source"
(cd "$work/src" && apt-get "${apt_options[@]}" -qq source --download-only "pgvector=$vector_version" >/dev/null)
tarball=$(ls "$work"/src/pgvector_*.orig.tar.gz)
echo "$vector_sha256  $tarball" | sha256sum --quiet -c -
tar -C "$work/src" -xf "$tarball"

# The server, its client tools, its headers and the libraries it links to that
# a minimal system may not have. Each is unpacked, none is installed.
step "PostgreSQL $pg packages"
packages=(
	"postgresql-$pg" "postgresql-client-$pg" "postgresql-server-dev-$pg" libpq5 libpq-dev
	libicu72 libxml2 libssl3 libldap-2.5-0 libsasl2-2 libsasl2-modules-db libgssapi-krb5-2 libkrb5-3
	libk5crypto3 libkrb5support0 libkeyutils1 libcom-err2 liblz4-1 libzstd1 zlib1g liblzma5
	libpam0g libaudit1 libcap-ng0 libselinux1 libpcre2-8-0 libsystemd0 libgcrypt20 libgpg-error0
	libcap2 libuuid1 libreadline8 libtinfo6 libstdc++6 libgcc-s1 libdb5.3
)
available=()
for package in "${packages[@]}"; do
	if apt-cache "${apt_options[@]}" show "$package" >/dev/null 2>&1; then available+=("$package"); fi
done
(cd "$work/debs" && apt-get "${apt_options[@]}" -qq download "${available[@]}")
for deb in "$work"/debs/*.deb; do
	case $deb in
	*/libc6_*) ;; # the system's own C library is used
	*) dpkg-deb -x "$deb" "$work/tree" ;;
	esac
done

step "pgvector build"
bin="$work/tree/usr/lib/postgresql/$pg/bin"
arch=$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || gcc -dumpmachine)
libs="$work/tree/usr/lib/$arch:$work/tree/lib/$arch"
src=$(ls -d "$work"/src/pgvector-*/)
# pg_config finds everything relative to itself, so the moved tree works.
LD_LIBRARY_PATH="$libs" make -s -C "$src" -j"$(nproc)" PG_CONFIG="$bin/pg_config" with_llvm=no OPTFLAGS= >"$work/build.log" 2>&1 ||
	{ tail -n 20 "$work/build.log" >&2; exit 1; }
LD_LIBRARY_PATH="$libs" make -s -C "$src" PG_CONFIG="$bin/pg_config" with_llvm=no OPTFLAGS= install >>"$work/build.log" 2>&1 ||
	{ tail -n 20 "$work/build.log" >&2; exit 1; }

# Only what runs is kept.
rm -rf "$work/tree/usr/include" "$work/tree/usr/share/doc" "$work/tree/usr/share/man" \
	"$work/tree/usr/share/locale" "$work/tree/usr/lib/postgresql/$pg/lib/bitcode" \
	"$work/tree/usr/lib/debug" "$work/tree/usr/share/postgresql/$pg/man"
printf '%s\n' "$pg" >"$work/tree/ready"
rm -rf "$target"
mkdir -p "$(dirname "$target")"
mv "$work/tree" "$target"
chmod -R go+rX "$target"
