-- Fires what is still deferred, so that nothing of the role's runs at COMMIT, where it could become anybody: in the
-- building of an index, which the server restricts. There a trigger can neither be deferred once more nor declare a
-- cursor WITH HOLD, and the server takes back what it sets. Run as the role, after its code; whatever that has made of
-- the same names is an error.
--
-- Always, since no catalog tells whether an event is pending: a foreign key that code has made deferrable, used, and made
-- NOT DEFERRABLE again has its events still deferred.
CREATE FUNCTION pg_temp.pgtend_settle() RETURNS integer LANGUAGE plpgsql AS $body$
BEGIN
    SET CONSTRAINTS ALL IMMEDIATE;
    RETURN 0;
END
$body$;
-- What an index calls has to be immutable, and SET CONSTRAINTS is refused in what is.
CREATE FUNCTION pg_temp.pgtend_settled(integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $body$
BEGIN
    RETURN pg_temp.pgtend_settle();
END
$body$;
CREATE TEMPORARY TABLE pgtend_row USING heap AS SELECT 1 AS number;
CREATE INDEX ON pg_temp.pgtend_row (pg_temp.pgtend_settled(number))
