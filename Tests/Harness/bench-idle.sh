#!/usr/bin/env bash
# Prints what the service costs while it waits: memory, context switches a minute over all of its threads, the time
# until it is ready; and how many connections it has when 200 databases are due at once. Beside it, what the background
# worker of pg_cron costs while it waits.
#
# The release binary is started as systemd starts it, with a socket to notify; with the watchdog of the shipped unit
# and without. BENCH_SECONDS is how long each wait is watched.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

seconds=${BENCH_SECONDS:-180}
case ${1:-} in
'')
    Tests/Harness/packages.sh bench
    Tests/Harness/cluster.sh 18 max_connections=100 fsync=on full_page_writes=on -- "$0" beside-18
    exec Tests/Harness/cluster.sh 15 shared_preload_libraries=pg_cron fsync=on full_page_writes=on -- "$0" beside-pg_cron
    ;;
beside-pg_cron) # what many use today, with a job as seldom
    export PGHOST=$PGTEND_TEST_15 PGUSER=postgres
    "$PGHOST/bin/psql" -Xqc "CREATE EXTENSION pg_cron" -c "SELECT cron.schedule('0 0 1 1 *', 'SELECT 1')" >/dev/null
    launcher=$("$PGHOST/bin/psql" -XAtqc "SELECT pid FROM pg_stat_activity WHERE backend_type LIKE 'pg_cron%'")
    exec python3 Tests/Harness/waiting.py "$launcher" "$seconds" "pg_cron's launcher, PostgreSQL 15"
    ;;
esac

export PGHOST=$PGTEND_TEST_18 PGUSER=postgres PGOPTIONS='-c client_min_messages=warning'
export PATH=$PGHOST/bin:$PATH
program=$PWD/.build/release/pgtend
# Due once, at the start: the wait is what is measured.
export PGTEND_PARTITIONS_EVERY=7d PGTEND_VIEWS_EVERY=7d PGTEND_STATISTICS_EVERY=7d

createdb shop
"$program" schema apply --database dbname=shop >/dev/null 2>&1
python3 Tests/Harness/bench_idle.py "$program" "$seconds" 180 "one database, the watchdog as shipped" \
    --database dbname=shop
python3 Tests/Harness/bench_idle.py "$program" "$seconds" 0 "one database, no watchdog" --database dbname=shop

configuration=$PGHOST/200.yaml
echo "databases:" >"$configuration"
for number in {1..200}; do
    createdb --template=shop --strategy=wal_log "shop$number"
    printf '  - {name: shop%s, conninfo: dbname=shop%s}\n' "$number" "$number" >>"$configuration"
done
python3 Tests/Harness/bench_idle.py "$program" "$seconds" 180 "200 databases, all due at once" --config "$configuration"
