-- Part of the queries on owners: whose the schema n (a row of pg_namespace) is. That of public may be the owner of the database.
SELECT CASE pg_get_userbyid(n.nspowner)
    WHEN 'pg_database_owner' THEN (SELECT d.datdba FROM pg_database AS d WHERE d.datname = current_database())
    ELSE n.nspowner
END AS owner
