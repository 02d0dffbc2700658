"""Steps of three kinds, by one program or by several in turns: time, statements and pg_stat_statements of each."""

import json
import statistics
import subprocess
import sys

ROUNDS = 5
FIXTURE = """
CREATE ROLE bench_owner;
CREATE SCHEMA s AUTHORIZATION bench_owner;
SET ROLE bench_owner;
DO $$ BEGIN FOR t IN 1..10 LOOP
    EXECUTE format('CREATE TABLE s.t%s (id bigint, at timestamptz NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)', t);
    EXECUTE format('CREATE TABLE s.t%s_2025_01 PARTITION OF s.t%s FOR VALUES FROM (%L) TO (%L)', t, t,
        '2025-01-01 00:00+00', '2025-02-01 00:00+00');
    EXECUTE format('CREATE TABLE s.t%s_2025_02 PARTITION OF s.t%s FOR VALUES FROM (%L) TO (%L)', t, t,
        '2025-02-01 00:00+00', '2025-03-01 00:00+00');
    EXECUTE format('CREATE MATERIALIZED VIEW s.v%s AS SELECT g AS id FROM generate_series(1, 100) AS g', t);
    EXECUTE format('CREATE UNIQUE INDEX ON s.v%s (id)', t);
END LOOP; END $$;
CREATE TABLE s.embeddings (tenant_id integer, content_tsvector tsvector);
CREATE INDEX ON s.embeddings (tenant_id);
INSERT INTO s.embeddings SELECT g % 40, to_tsvector('simple', 'word ' || g) FROM generate_series(1, 400) AS g;
CREATE TABLE s.embedding_statistics (tenant_id integer PRIMARY KEY, total_documents bigint, avg_document_length numeric,
    term_document_frequencies jsonb, last_updated timestamptz);
CREATE FUNCTION s.update_embedding_statistics(t integer) RETURNS void LANGUAGE sql AS $$
    INSERT INTO s.embedding_statistics (tenant_id, total_documents)
    SELECT t, count(*) FROM s.embeddings AS e WHERE e.tenant_id = t
    ON CONFLICT (tenant_id) DO UPDATE SET total_documents = EXCLUDED.total_documents $$;
"""
KINDS = {"partitions": "create a partition", "views": "refresh a view", "statistics": "update a tenant"}


def psql(database, sql):
    command = ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def run(program, kind):
    """The durations of the steps in milliseconds, and the statements and entries of the whole run."""
    psql("bench", "SELECT pg_stat_statements_reset()")
    command = [program, "run", kind, "--schema", "s", "--log-format", "json", "--database", "dbname=steps"]
    said = subprocess.run(command, capture_output=True, text=True)
    events = [json.loads(line) for line in said.stderr.splitlines()]
    durations = [event["duration_usec"] / 1000 for event in events if event["event"] == "step_done"]
    if said.returncode not in (0, 2) or not durations:
        sys.exit(said.stderr)
    counted = psql(
        "bench",
        "SELECT sum(calls), count(*) FROM pg_stat_statements AS s JOIN pg_database AS d ON d.oid = s.dbid"
        " WHERE d.datname = 'steps'",
    )
    calls, entries = (int(field) for field in counted.split("|"))
    return durations, calls, entries


def main(programs):
    found = {(program, kind): ([], [], []) for program in programs for kind in KINDS}
    for _ in range(ROUNDS):
        for program in programs:
            psql("bench", "DROP DATABASE IF EXISTS steps")
            psql("bench", "DROP ROLE IF EXISTS bench_owner")
            psql("bench", "CREATE DATABASE steps")
            psql("steps", FIXTURE)
            for kind in KINDS:
                durations, calls, entries = run(program, kind)
                times, statements, texts = found[program, kind]
                times += durations
                statements.append(calls / len(durations))
                texts.append(entries / len(durations))
    for kind, name in KINDS.items():
        for program in programs:
            times, statements, texts = found[program, kind]
            print(
                f"{name:20} {statistics.median(times):6.2f} ms (quartiles {statistics.quantiles(times)[0]:.2f} to"
                f" {statistics.quantiles(times)[2]:.2f}), {statistics.median(statements):5.1f} statements and"
                f" {statistics.median(texts):4.1f} entries of pg_stat_statements a step, {len(times)} steps: {program}"
            )


main(sys.argv[1:])
