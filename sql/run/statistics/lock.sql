-- Takes the tenant's row of the target until the transaction ends, and makes it where it is missing (WHERE false: an
-- existing row is locked, not written). First of the two statements that publish a tenant's corpus statistics, both in
-- one READ COMMITTED transaction: the second takes its snapshot after this lock, so of two sessions the one that
-- publishes later has also counted later. It also turns nested loops off for the rest of the transaction: the planner
-- cannot guess how many terms a corpus has, and a nested loop over two lists of terms takes hours where a hash takes
-- a second. Comments here hold neither placeholders nor parameters: what is put in for them may hold a line break.
INSERT INTO {target}
    ({target.tenant}, {target.documents}, {target.average}, {target.frequencies}, {target.updated})
SELECT $1, 0, NULL, pg_catalog.jsonb_build_object(), pg_catalog.now()
FROM (SELECT pg_catalog.set_config('enable_nestloop', 'off', true)) AS planner
ON CONFLICT ({target.tenant}) DO UPDATE SET {target.documents} = EXCLUDED.{target.documents}
WHERE false;
