-- Part of the queries on owners: whose the schema n (a row of pg_namespace) is. That of public may be the owner of the database.
SELECT CASE
    WHEN pg_get_userbyid(n.nspowner) <> 'pg_database_owner' THEN n.nspowner
    ELSE (SELECT d.datdba FROM pg_database AS d WHERE d.datname = current_database())
END AS owner
