-- Part of placed.sql: whether the catalog row with that number (xmin) was written by this transaction or later. Numbers go
-- round; a million is more than others take meanwhile.
mod(entry.number::text::bigint - pg_current_xact_id()::xid::text::bigint + 4294967296, 4294967296) < 1000000
