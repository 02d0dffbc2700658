-- The same rows in a table that nobody partitioned.
CREATE TABLE mcp.tasks_flat (LIKE mcp.tasks INCLUDING ALL);
INSERT INTO mcp.tasks_flat SELECT t.* FROM mcp.tasks AS t;
DROP TABLE mcp.tasks;
ALTER TABLE mcp.tasks_flat RENAME TO tasks;
