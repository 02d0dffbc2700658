#!/usr/bin/env bash
# Prints how long the service takes for three kinds of task in each of 200 databases that are all due at once, how many
# connections it has meanwhile, and the processor time of the server's sessions. With several programs, such as the one of an older version, they take turns, twice.
#
#   bench-due.sh [PROGRAM ...]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if [ "${1:-}" != beside-the-cluster ]; then
    Tests/Harness/packages.sh bench
    exec Tests/Harness/cluster.sh 18 max_connections=100 fsync=on full_page_writes=on -- "$0" beside-the-cluster "$@"
fi
shift
[ $# -gt 0 ] || set -- "$PWD/.build/release/pgtend"
export PGHOST=$PGTEND_TEST_18 PGUSER=postgres PGOPTIONS='-c client_min_messages=warning'
export PATH=$PGHOST/bin:$PATH
# Due once, at the start.
export PGTEND_PARTITIONS_EVERY=7d PGTEND_VIEWS_EVERY=7d PGTEND_STATISTICS_EVERY=7d

createdb shop
"$1" schema apply --database dbname=shop >/dev/null 2>&1
"$1" run --database dbname=shop >/dev/null 2>&1 # the partitions of the next months, so that all turns find the same
configuration=$PGHOST/200.yaml
postmaster=$(head -n 1 "$PGHOST/data/postmaster.pid")
# Of the sessions that have ended, in ticks; see proc_pid_stat(5).
spent() { awk '{ print $16 + $17 }' "/proc/$postmaster/stat"; }
for turn in 1 2; do
    for program in "$@"; do
        echo "databases:" >"$configuration"
        for number in {1..200}; do
            dropdb --if-exists "shop$number"
            createdb --template=shop --strategy=wal_log "shop$number"
            printf '  - {name: shop%s, conninfo: dbname=shop%s}\n' "$number" "$number" >>"$configuration"
        done
        psql -Xqd postgres -c CHECKPOINT
        before=$(spent)
        python3 Tests/Harness/bench_idle.py "$program" 5 180 "$program, turn $turn" --config "$configuration"
        echo "    the server's sessions: $((($(spent) - before) / $(getconf CLK_TCK))) s of processor time"
    done
done
