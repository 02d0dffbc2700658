-- Part of the proofs that a schema is pgtend's own: what table c has that no migration of ours makes, as phrases. Who owns a
-- table now need not have owned it always: what a former owner left runs as whoever writes the rows, such as the CHECK of
-- a domain, or an expression with a function of the server's that runs a text.
--
-- Of types and expressions only ours count, of older ledgers, too: every supported version of the server writes them alike,
-- given the settings of our sessions. That something is another's, though it reads like ours, pg_depend tells, which has no
-- rows for what is the server's.
SELECT format('column %I of %I is of type %s', a.attname, c.relname, format_type(a.atttypid, a.atttypmod)) AS what
FROM pg_attribute AS a
WHERE a.attrelid = c.oid AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
    AND a.atttypid <> ALL (ARRAY['bigint', 'integer', 'interval', 'jsonb', 'name', 'oid', 'text', 'text[]', 'timestamptz']::regtype[])
UNION ALL
SELECT format('%s of %I is %s', e.part, c.relname, e.text)
FROM (
    SELECT format('the default of column %I', a.attname), pg_get_expr(d.adbin, d.adrelid)
    FROM pg_attrdef AS d
    JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
    WHERE d.adrelid = c.oid
    UNION ALL
    SELECT format('constraint %I', k.conname), CASE k.contype WHEN 'c' THEN pg_get_expr(k.conbin, k.conrelid) ELSE 'none of ours' END
    FROM pg_constraint AS k
    WHERE k.conrelid = c.oid AND k.contype NOT IN ('f', 'n', 'p', 'u')
    UNION ALL
    SELECT format('index %s', i.indexrelid::regclass), x.text
    FROM pg_index AS i
    CROSS JOIN LATERAL (VALUES (pg_get_expr(i.indexprs, i.indrelid)), (pg_get_expr(i.indpred, i.indrelid))) AS x (text)
    WHERE i.indrelid = c.oid AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL)
) AS e (part, text)
WHERE e.text <> ALL (ARRAY[
    -- Defaults; how an interval is written is a setting.
    '0', '''''::text', '''[]''::jsonb', '''PT0S''::interval', '''00:00:00''::interval', 'CURRENT_USER', 'now()', 'clock_timestamp()',
    -- CHECKs of every record, of the record of what was made, of the ledger.
    '(number > 0)', '(checksum ~ ''^[0-9a-f]{64}$''::text)',
    '(kind = ANY (ARRAY[''role''::text, ''extension''::text, ''schema''::text, ''usage''::text, ''owner''::text, ''comment''::text]))',
    '((state <> ALL (ARRAY[''skipped''::text, ''missed''::text])) OR (reason IS NOT NULL))',
    '((state = ''open''::text) = (ended_at IS NULL))', '((state = ''running''::text) = (ended_at IS NULL))',
    '((state = ANY (ARRAY[''ran''::text, ''late''::text])) = (completed_by IS NOT NULL))',
    '(state = ANY (ARRAY[''open''::text, ''ran''::text, ''late''::text, ''skipped''::text, ''missed''::text]))',
    '(state = ANY (ARRAY[''running''::text, ''completed''::text, ''incomplete''::text, ''interrupted''::text, ''abandoned''::text]))',
    '(task = ANY (ARRAY[''partitions''::text, ''views''::text, ''statistics''::text]))',
    '(outcome = ANY (ARRAY[''done''::text, ''superseded''::text, ''postponed''::text, ''failed''::text, ''interrupted''::text]))',
    '(attempt > 0)', '(id ~ ''^[0-9a-f]{32}$''::text)', '(jsonb_typeof(content) = ''object''::text)',
    -- Indexes of the ledger.
    '(state = ''open''::text)', '(state = ''running''::text)', '(state = ''completed''::text)',
    '((outcome = ''done''::text) AND (slot_id IS NOT NULL))',
    '(lock_wait > ''PT0S''::interval)', '(lock_wait > ''00:00:00''::interval)',
    'hashtextextended(key, (0)::bigint), hashtextextended(key, (1)::bigint)'
])
UNION ALL
SELECT format('%I has statistics %I', c.relname, s.stxname) FROM pg_statistic_ext AS s WHERE s.stxrelid = c.oid
UNION ALL
SELECT format('%s uses %s', pg_describe_object(u.classid, u.objid, 0), pg_describe_object(u.refclassid, u.refobjid, 0))
FROM (
    SELECT 'pg_attrdef'::regclass, d.oid FROM pg_attrdef AS d WHERE d.adrelid = c.oid
    UNION ALL
    SELECT 'pg_constraint'::regclass, k.oid FROM pg_constraint AS k WHERE k.conrelid = c.oid
    UNION ALL
    SELECT 'pg_class'::regclass, i.indexrelid FROM pg_index AS i WHERE i.indrelid = c.oid
) AS part (class, object)
CROSS JOIN LATERAL (
    SELECT d.classid, d.objid, d.refclassid, d.refobjid
    FROM pg_depend AS d
    WHERE d.classid = part.class AND d.objid = part.object AND d.refclassid NOT IN ('pg_class'::regclass, 'pg_constraint'::regclass)
    OFFSET 0
) AS u
