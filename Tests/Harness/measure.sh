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
"$PGHOST/bin/psql" --quiet --command="CREATE DATABASE measured"
"$program" schema apply --database dbname=measured >/dev/null
"$program" run --database dbname=measured >/dev/null # creates the partitions that are missing

for ((round = 1; round <= rounds; round++)); do
    started=$EPOCHREALTIME
    kib=$(/usr/bin/time --format=%M "$program" run --database dbname=measured 2>&1 >/dev/null | tail -n 1)
    ended=$EPOCHREALTIME
    echo "$(((${ended/./} - ${started/./}) / 1000)) $kib"
done | sort -n | awk -v rounds="$rounds" -v bytes="$(stat --format=%s "$program")" '
    { milliseconds[NR] = $1; if ($2 > kib) kib = $2 }
    END {
        printf "binary, static in Swift and stripped  %5.1f MB\n", bytes / 1e6
        printf "run with nothing to do: memory, peak  %5.1f MB\n", kib * 1024 / 1e6
        printf "run with nothing to do: wall time     %5d ms (median of %d; %d to %d)\n", \
            milliseconds[(rounds + 1) / 2], rounds, milliseconds[1], milliseconds[rounds]
    }'
