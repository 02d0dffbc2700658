-- Somebody let a DEFAULT partition take what had no month, and it has rows of a month to come.
CREATE TABLE mcp.tasks_rest PARTITION OF mcp.tasks DEFAULT;
INSERT INTO mcp.tasks (tenant_id, type, title, created_at)
SELECT md5('tenant' || n % 5)::uuid, 'analysis', 'late task ' || n, now() + n * interval '1 second'
FROM generate_series(1, 12) AS n;
