-- When each day from $2 to $3 (days since 1970-01-01, both included) begins in the zone $1.
SELECT d.day, (extract(epoch FROM (date '1970-01-01' + d.day)::timestamp AT TIME ZONE $1::text) * 1000000)::bigint AS starts_at
FROM generate_series($2::integer, $3::integer) AS d (day)
