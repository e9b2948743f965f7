SELECT gauge.name, gauge.value::double precision
FROM admit.seal AS s
CROSS JOIN LATERAL (
    SELECT count(*) AS entries, min(j.recorded_at) AS oldest FROM admit.unsealed_entry AS j WHERE j.tenant_id = $1
) AS unsealed
CROSS JOIN LATERAL (VALUES
    ('admit_journal_sealed_entries', s.last_seq::numeric),
    ('admit_journal_blocks', s.block_count::numeric),
    ('admit_journal_unsealed_entries', unsealed.entries::numeric),
    ('admit_seal_lag_seconds',
     coalesce(extract(epoch FROM pg_catalog.clock_timestamp() - unsealed.oldest), 0)::numeric),
    ('admit_webhooks_parked',
     (SELECT count(*) FROM admit.webhook_delivery AS d WHERE d.tenant_id = $1 AND d.state = 'parked')::numeric)
) AS gauge (name, value)
WHERE s.tenant_id = $1
