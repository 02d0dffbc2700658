#!/usr/bin/env bash
# Prints the folder of the program `pgbouncer`, with the libraries beside it that the machine does not have.
#
# That of Debian's package where it is installed. Installing it would start a service on port 6432, so otherwise the
# package is only unpacked, once, below .build: `make clean` removes it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

if [ -x /usr/sbin/pgbouncer ]; then
    exec echo /usr/sbin
fi

store=$(cd ../.. && pwd)/.build/pgbouncer
mkdir -p "$store"
# Two test processes may want it at once: the second waits and finds it there.
exec 9>"$store/lock"
flock 9

if [ ! -d "$store/bin" ]; then
    fresh=$(mktemp -d "$store/XXXXXX")
    trap 'rm -rf "$fresh"' EXIT
    mkdir "$fresh/bin"
    cd "$fresh"
    fetch() {
        # As root apt would download as another user, who may not be able to get here.
        apt-get --option APT::Sandbox::User=root --quiet=2 download "$@" >/dev/null
    }
    fetch_all() {
        fetch pgbouncer || return
        local package packages
        packages=$(dpkg-deb --field pgbouncer_*.deb Depends | tr ',|' '\n' | sed 's/(.*//' | grep -o 'lib[^ ]*')
        for package in $packages; do
            dpkg-query --show --showformat='${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii' ||
                # One of several alternatives may be none of this release.
                fetch "$package" || true
        done
    }
    # The lists may be missing or old: only then are they worth fetching.
    if ! fetch_all 2>/dev/null; then
        if [ "$(id -u)" = 0 ]; then
            apt-get --quiet=2 update >/dev/null || true
        fi
        if ! fetch_all; then
            echo "There is no pgbouncer, and apt-get could not download it. Either of these gives the tests one:" >&2
            echo "    sudo apt-get update" >&2
            echo "    sudo apt-get install --no-install-recommends pgbouncer   # starts a service on port 6432" >&2
            exit 1
        fi
    fi
    for package in *.deb; do
        dpkg-deb --extract "$package" unpacked
    done
    mv unpacked/usr/sbin/pgbouncer bin
    find unpacked -name 'lib*.so.*' -exec mv {} bin \;
    if missing=$(LD_LIBRARY_PATH=$fresh/bin ldd bin/pgbouncer | grep 'not found'); then
        echo "The pgbouncer that was unpacked lacks libraries; install the packages that have them:" "$missing" >&2
        exit 1
    fi
    chmod -R go+rX bin
    mv bin "$store/bin"
fi
echo "$store/bin"
