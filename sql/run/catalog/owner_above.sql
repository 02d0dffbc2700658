-- Part of the queries on foreign code: who owns something that c (a row of pg_class) is a partition of, at whatever height,
-- and is neither a superuser nor the role w.role; or NULL. He may put indexes on c, whosever that is, and what he had on
-- his own came to it when it was attached.
SELECT min(p.relowner) AS owner
FROM pg_class AS p
-- Most are no partition, and cost nothing; and the planner expects few, and compiles nothing.
WHERE c.relispartition AND p.oid = ANY (ARRAY(SELECT a.relid::oid FROM pg_partition_ancestors(c.oid) AS a))
    AND p.oid <> c.oid AND p.relowner <> w.role
    AND p.relowner NOT IN (SELECT u.oid FROM pg_roles AS u WHERE u.rolsuper)
