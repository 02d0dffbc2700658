#!/usr/bin/env bash
# The main job, shown on a private PostgreSQL 18 with pgvector: a database that nobody has looked after for months
# is planned, tended and planned again. Installs and builds what is missing first. The server and its data go when
# this script ends, on Ctrl-C and on failure as well.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if [ "${1:-}" != beside-the-cluster ]; then
    Tests/Harness/packages.sh demo
    make --no-print-directory build
    exec Tests/Harness/cluster.sh 18 -- "$0" beside-the-cluster
fi

say() {
    printf '\n\033[1m# %s\033[0m\n' "$*"
}
# Shows a command as it would be typed, and runs it.
run() {
    local word line='$'
    for word in "$@"; do
        [[ $word =~ ^[[:alnum:]_./=:+-]+$ ]] || word="\"$word\""
        line+=" $word"
    done
    echo "$line"
    "$@"
}
next_month="INSERT INTO mcp.audit_log (tenant_id, table_name, record_id, action, changed_at)
    VALUES (gen_random_uuid(), 'tasks', gen_random_uuid(), 'INSERT', now() + interval '1 month')
    RETURNING tableoid::regclass AS partition, changed_at"

export PATH=$PWD/.build/release:$PGTEND_TEST_18/bin:$PATH
export PGUSER=postgres PGOPTIONS='-c client_min_messages=warning'
export PGHOST=$PGTEND_TEST_18
say "A private PostgreSQL 18 listens on a socket in $PGHOST; nothing else on this machine is touched."
run psql --command="CREATE DATABASE platform"

say "The schema: numbered migrations, each applied once."
run pgtend schema apply --database dbname=platform

say "Half a year of the platform's data, with months missing."
run psql --quiet --set=ON_ERROR_STOP=1 --dbname=platform --file=Tests/Demo/sample.sql

say "Next month's rows have nowhere to go:"
if run psql --dbname=platform --command="$next_month"; then
    echo "demo: this INSERT was expected to fail, since the sample leaves months out" >&2
    exit 1
fi

say "What pgtend would do, and the locks that it would take. This changes nothing."
run pgtend plan --database dbname=platform

say "The same, done."
run pgtend run --database dbname=platform

say "Nothing is left to create."
run pgtend plan --database dbname=platform

say "And next month's rows have a place:"
run psql --set=ON_ERROR_STOP=1 --dbname=platform --command="$next_month"

say "Done. The server and its data are removed."
