-- Stores what became of a locked effect.
UPDATE admit.effect
SET state = $3, due_at = $4, key_taken_at = CASE WHEN key_number = $5 THEN key_taken_at END, key_number = $5,
    looking = $6, last_error = $7, object_reference = coalesce($8, object_reference), done_at = $9
WHERE tenant_id = $1 AND effect_id = $2
