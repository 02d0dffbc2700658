-- Who owned schema mcp when the migration of this transaction came upon it, according to its record, and is trusted with nothing
-- by that, as strangers.sql says it: $1 as there.
SELECT quote_ident(m.detail) AS role, 'had schema mcp in between' AS example
FROM pgtend.created_objects AS m
LEFT JOIN pg_roles AS r ON r.rolname = m.detail
WHERE m.kind = 'owner' AND m.name = 'mcp' AND m.created_at = now()
    AND NOT coalesce(r.rolsuper OR r.rolname IN (current_user, 'mcp_owner') OR EXISTS (
        SELECT FROM pg_roles AS t WHERE t.rolname = ANY ($1::text[]) AND pg_has_role(r.oid, t.oid, 'MEMBER')), false)
