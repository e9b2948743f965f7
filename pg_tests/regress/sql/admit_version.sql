-- The installed extension is the version of this checkout's control file.
SELECT extversion, extnamespace::regnamespace FROM pg_extension WHERE extname = 'admit';
-- Ids sort as they were made.
SELECT array_agg(id ORDER BY number) = array_agg(id ORDER BY id) AS in_order, count(DISTINCT id), min(substr(id::text, 15, 1)) AS version
FROM (SELECT number, admit.uuid7() AS id FROM generate_series(1, 10000) AS number OFFSET 0) AS ids;
