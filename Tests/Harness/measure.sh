#!/usr/bin/env bash
# Prints the figures of the README: size of the binary, and memory and time of `pgtend run` when nothing is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if [ "${1:-}" != beside-the-cluster ]; then
    Tests/Harness/packages.sh measure
    # As safe on disk as a real server: these are figures to expect, not to boast of.
    exec Tests/Harness/cluster.sh 18 fsync=on full_page_writes=on -- "$0" beside-the-cluster
fi

rounds=11
program=.build/release/pgtend
export PGHOST=$PGTEND_TEST_18 PGUSER=postgres PGOPTIONS='-c client_min_messages=warning'
"$PGHOST/bin/createdb" measured
for preparation in "schema apply" run; do # the first run creates the partitions that are missing
    # shellcheck disable=SC2086 # two words
    said=$("$program" $preparation --database dbname=measured 2>&1) || { echo "$said" >&2 && exit 1; }
done

# Prints how long a command took and what it needed at its peak.
measure() {
    for ((round = 1; round <= rounds; round++)); do
        started=$EPOCHREALTIME
        kib=$(/usr/bin/time --format=%M "$program" "$@" --database dbname=measured 2>&1 >/dev/null | tail -n 1)
        ended=$EPOCHREALTIME
        echo "$(((${ended/./} - ${started/./}) / 1000)) $kib"
    done | sort -n | awk -v command="pgtend $*" '
        { milliseconds[NR] = $1; if ($2 > kib) kib = $2 }
        END {
            printf "%-23s %5.1f MB of memory at its peak, %d ms (median of %d; %d to %d)\n", command, kib * 1024 / 1e6, \
                milliseconds[int((NR + 1) / 2)], NR, milliseconds[1], milliseconds[NR]
        }'
}
printf '%-23s %5.1f MB\n' "the binary, stripped" "$(stat --format=%s "$program" | awk '{ print $1 / 1e6 }')"
measure run partitions # nothing to do
measure run # no partition to create; both views are refreshed and committed, as on every run
