-- Every transaction below this one has finished, and the timeline that it ran on.
SELECT pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())::text::bigint,
       CASE WHEN pg_catalog.pg_is_in_recovery() THEN '0'
            ELSE pg_catalog.substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 1, 8) END
