#!/usr/bin/env bash
# Finds what is missing of the Debian packages that a task needs, beside the Swift toolchain.
#
#   packages.sh lint|build|test|demo|measure|bench
#
# Root gets them installed; anyone else gets the one line that installs them, and a failure.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

task=${1:?usage: packages.sh lint|build|test|demo|measure|bench}
missing=()
# need PACKAGE TEST...: what counts is what the package would bring, wherever it comes from.
need() {
    "${@:2}" &>/dev/null || missing+=("$1")
}
has_pip() {
    python3 -m pip --version || /usr/bin/python3 -m pip --version
}
has_library() {
    command -v pkg-config && pkg-config --exists "$1"
}

if ! command -v swift >/dev/null; then
    echo "pgtend is built with Swift 6.2 or later, and there is no \`swift\` on PATH: see https://swift.org/install" >&2
    exit 1
fi
case $task in
build | demo | measure | bench | test)
    need pkg-config command -v pkg-config
    need libpq-dev has_library libpq
    need libsystemd-dev has_library libsystemd
    need libyaml-dev has_library yaml-0.1
    ;;&
demo | measure | bench | test) need python3-pip has_pip ;;&
measure) need time test -x /usr/bin/time ;;
bench)
    need postgresql-15 test -x "$(./postgres.sh 15)/postgres"
    need postgresql-15-cron test -e /usr/lib/postgresql/15/lib/pg_cron.so
    ;;
test)
    need postgresql-15 test -x "$(./postgres.sh 15)/postgres"
    need openssl command -v openssl
    need python3 command -v python3
    need systemd test -x /lib/systemd/systemd-journald
    need procps test -x /bin/kill
    ;;
esac
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" != 0 ]; then
    echo "Debian packages are missing. This installs them:" >&2
    echo "    sudo apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
fi

# Debian starts a server of its own with postgresql-15, unless this says otherwise while it is installed.
no_cluster=/etc/postgresql-common/createcluster.d/pgtend.conf
if [[ " ${missing[*]} " == *" postgresql-15 "* ]]; then
    trap 'rm -f "$no_cluster"; rmdir --ignore-fail-on-non-empty "${no_cluster%/*}"' EXIT
    mkdir -p "${no_cluster%/*}"
    echo "create_main_cluster = false" >"$no_cluster"
fi
install() {
    DEBIAN_FRONTEND=noninteractive apt-get install --quiet=2 --yes --no-install-recommends "${missing[@]}"
}
echo "installing ${missing[*]}" >&2
{
    # The lists may be missing or old: only then are they worth fetching.
    install 2>/dev/null || { apt-get update --quiet=2 && install; }
} </dev/null >/dev/null
