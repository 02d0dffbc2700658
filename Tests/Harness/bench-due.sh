#!/usr/bin/env bash
# Prints how long the service takes for three kinds of task in each of 200 databases that are all due at once, how many
# connections it has meanwhile, and the processor time of the server's sessions: when it has never been there, and on any
# other day. With several programs, such as the one of an older version, they take turns, twice.
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

configuration=$PGHOST/databases.yaml
postmaster=$(head -n 1 "$PGHOST/data/postmaster.pid")
# Of the sessions that have ended, in ticks; see proc_pid_stat(5).
spent() { awk '{ print $16 + $17 }' "/proc/$postmaster/stat"; }

# serve PROGRAM NAME DATABASE ...: until all is done that is due there
serve() {
    local program=$1 name=$2 database
    shift 2
    echo "databases:" >"$configuration"
    for database; do echo "  - {name: $database, conninfo: dbname=$database}" >>"$configuration"; done
    python3 Tests/Harness/bench_idle.py "$program" 5 180 "$name" --config "$configuration"
}

# A database in which the program has served before, and where nothing says that it has already done what is due.
prepare() {
    createdb --template=shop served
    serve "$1" "" served >/dev/null
    psql -Xqd served <<'SQL'
DO $$ DECLARE t regclass; BEGIN
    FOR t IN SELECT c.oid FROM pg_class AS c WHERE c.relnamespace = 'pgtend_ledger'::regnamespace AND c.relkind = 'r'
        AND c.relname NOT IN ('schema_migrations', 'memory')
    LOOP EXECUTE format('TRUNCATE %s CASCADE', t); END LOOP;
END $$
SQL
}

createdb shop
"$1" schema apply --database dbname=shop >/dev/null 2>&1
"$1" run --database dbname=shop >/dev/null 2>&1 # the partitions of the next months, so that all turns find the same
for turn in 1 2; do
    for program in "$@"; do
        prepare "$program"
        for template in shop served; do
            for number in {1..200}; do
                dropdb --if-exists "shop$number"
                createdb --template=$template --strategy=wal_log "shop$number"
            done
            psql -Xqd postgres -c CHECKPOINT
            before=$(spent)
            serve "$program" "$program, a copy of $template, turn $turn" shop{1..200}
            echo "    the server's sessions: $((($(spent) - before) / $(getconf CLK_TCK))) s of processor time"
        done
        dropdb served
    done
done
