#!/usr/bin/env bash
# Prints what one step of each kind costs: its time as the run reports it, the statements that the server has executed for
# it, and the entries that it adds to pg_stat_statements. With several programs, such as the one of an older version,
# they take turns.
#
#   bench-steps.sh [PROGRAM ...]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if [ "${1:-}" != beside-the-cluster ]; then
    Tests/Harness/packages.sh measure
    exec Tests/Harness/cluster.sh 18 fsync=on full_page_writes=on shared_preload_libraries=pg_stat_statements -- \
        "$0" beside-the-cluster "$@"
fi
shift
[ $# -gt 0 ] || set -- .build/release/pgtend
export PGHOST=$PGTEND_TEST_18 PGUSER=postgres PGOPTIONS='-c client_min_messages=warning'
export PATH=$PGHOST/bin:$PATH
createdb bench # where the statements are counted: the databases of the runs come and go
psql -Xqd bench -c 'CREATE EXTENSION pg_stat_statements'
exec python3 Tests/Harness/bench_steps.py "$@"
