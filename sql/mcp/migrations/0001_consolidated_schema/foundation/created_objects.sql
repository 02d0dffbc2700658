-- What the migration makes beyond the objects of schema mcp may have stood before, or serve others by now: roles belong
-- to the whole cluster, extensions and other schemas to the whole database. Each is recorded when it is made, so that
-- taking the schema back removes these and no others.
DO $$
DECLARE
    is_new constant boolean := to_regnamespace('pgtend') IS NULL;
    grantee text;
BEGIN
    IF to_regclass('pgtend.created_objects') IS NOT NULL THEN
        RETURN;
    END IF;
    IF is_new THEN
        CREATE SCHEMA pgtend;
        GRANT USAGE ON SCHEMA pgtend TO PUBLIC;
        COMMENT ON SCHEMA pgtend IS 'What pgtend itself has to remember.';
    END IF;

    CREATE TABLE pgtend.created_objects (
        kind text NOT NULL CHECK (kind IN ('role', 'extension', 'schema', 'usage', 'owner', 'comment')),
        name text NOT NULL,
        detail text NOT NULL DEFAULT '',
        created_at timestamptz NOT NULL DEFAULT now(),
        created_by name NOT NULL DEFAULT current_user,
        PRIMARY KEY (kind, name, detail)
    );
    -- Whoever could write to it would say what a rollback gives back, and to whom.
    FOR grantee IN
        SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END
        FROM pg_catalog.pg_class AS c
        CROSS JOIN LATERAL aclexplode(c.relacl) AS a
        WHERE c.oid = 'pgtend.created_objects'::regclass AND a.grantee <> c.relowner
    LOOP
        EXECUTE format('REVOKE ALL ON TABLE pgtend.created_objects FROM %s', grantee);
    END LOOP;
    GRANT SELECT ON TABLE pgtend.created_objects TO PUBLIC;

    COMMENT ON TABLE pgtend.created_objects IS
        'What migration 1 made, or changed, outside the objects of schema mcp: one row each. What stood before it has '
        'no row, and stays when the schema is taken back. Goes with the schema.';
    COMMENT ON COLUMN pgtend.created_objects.kind IS
        'role, extension, schema: it was made. usage: the right to use a schema was granted. owner, comment: a schema '
        'that stood before got another.';
    COMMENT ON COLUMN pgtend.created_objects.name IS 'Of the role or the extension; else of the schema.';
    COMMENT ON COLUMN pgtend.created_objects.detail IS
        'usage: the role that got it. owner, comment: what it was before; empty for no comment.';
    COMMENT ON COLUMN pgtend.created_objects.created_at IS 'When the transaction began, by the server''s clock.';
    COMMENT ON COLUMN pgtend.created_objects.created_by IS
        'The role that made it. Its own membership in a role that it made keeps nobody from dropping that role.';

    IF is_new THEN
        INSERT INTO pgtend.created_objects (kind, name) VALUES ('schema', 'pgtend');
    END IF;
END
$$;
