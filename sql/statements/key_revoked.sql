-- A tenant's revoked keys and the revision that they belong to.
SELECT t.revision, ARRAY(SELECT k.key_id FROM admit.signing_key AS k WHERE k.tenant_id = $1 AND k.revoked_at IS NOT NULL)
FROM admit.tenant AS t WHERE t.tenant_id = $1
