-- The branding of an account or of an event's organizer ($3), else the tenant's where nothing or an event is named.
SELECT b.organizer_account_id, b.display_name, b.description, b.logo_url, b.logo_dark_url, b.banner_url, b.accent_color,
       b.accent_text_color, b.support_email, b.support_url, b.updated_at
FROM admit.branding AS b
WHERE b.tenant_id = $1
  AND (b.organizer_account_id = coalesce($2, (
          SELECT e.organizer_account_id FROM admit.event AS e WHERE e.tenant_id = $1 AND e.event_id = $3))
       OR b.organizer_account_id IS NULL AND $2::uuid IS NULL)
ORDER BY b.organizer_account_id NULLS LAST LIMIT 1
