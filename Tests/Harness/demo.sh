#!/usr/bin/env bash
# The main job, shown on a private PostgreSQL 18 with pgvector: a database that nobody has looked after for months
# is planned, tended and planned again. Installs and builds what is missing first. The server and its data go when
# this script ends, on Ctrl-C and on failure as well.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if [ "${1:-}" != beside-the-cluster ]; then
    Tests/Harness/packages.sh demo
    Tests/Harness/postgres.sh 18 >/dev/null # before the build: what fails, fails early
    make --no-print-directory build
    exec Tests/Harness/cluster.sh 18 -- "$0" beside-the-cluster
fi

bold='' plain=''
[ ! -t 1 ] || bold=$'\e[1m' plain=$'\e[0m'
say() {
    printf '\n%s# %s%s\n' "$bold" "$*" "$plain"
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
export PGHOST=$PGTEND_TEST_18 PSQL_PAGER=''
say "A private PostgreSQL 18 listens on a socket in $PGHOST; nothing else on this machine is touched."
run createdb platform

say "The schema, in one transaction; and what a comparison says of it."
run pgtend schema apply --database dbname=platform
run pgtend schema verify --database dbname=platform

say "Half a year of the platform's data, with months missing."
run psql -q -d platform -f Tests/Demo/sample.sql
run psql -d platform -c "SELECT (SELECT count(*) FROM mcp.embedding_metrics) AS metrics,
    (SELECT count(*) FROM mcp.embeddings) AS documents, (SELECT count(*) FROM mcp.audit_log) AS audit_entries"

say "Next month's rows have nowhere to go:"
if run psql -d platform -c "$next_month"; then
    echo "demo: this INSERT was expected to fail, since the sample leaves months out" >&2
    exit 1
fi

say "What pgtend would do, and the locks that it would take. This changes nothing."
run pgtend plan --database dbname=platform

say "The same, done."
run pgtend run --database dbname=platform

say "What a plan says now: no partition is missing. Views and statistics are due on every run, and it says why."
run pgtend plan --database dbname=platform
run pgtend plan partitions --database dbname=platform | tee "$PGHOST/plan"
grep --quiet '^nothing to do$' "$PGHOST/plan" || {
    echo "demo: the second plan was to have no partition step" >&2
    exit 1
}

say "The statistics beside what SQL counts itself:"
run psql -d platform -c "SELECT right(tenant_id::text, 4) AS tenant, total_documents, counted,
        round(avg_document_length, 3) AS avg_document_length, round(averaged, 3) AS averaged
    FROM mcp.embedding_statistics JOIN (
        SELECT tenant_id, count(*) AS counted, avg(words) AS averaged
        FROM mcp.embeddings, LATERAL (SELECT sum(cardinality(positions)) FROM unnest(content_tsvector)) AS w (words)
        WHERE words > 0 GROUP BY tenant_id) AS truth USING (tenant_id)
    ORDER BY tenant"

say "And next month's rows have a place:"
run psql -d platform -c "$next_month"

say "The service does the same whenever it is due, from now on; here for a moment."
echo '$ pgtend serve --database dbname=platform &'
pgtend serve --database dbname=platform &
service=$!
trap 'kill "$service" 2>/dev/null || true' EXIT
until [ "$(psql -XAtqd platform -c "SELECT count(*) FROM pgtend_ledger.slot WHERE state IN ('ran', 'late')" 2>/dev/null)" = 3 ]; do
    sleep 0.2
done
run pgtend status --database dbname=platform
run pgtend history --database dbname=platform
kill -TERM "$service"
wait "$service"
trap - EXIT

say "Done. The server and its data are removed."
