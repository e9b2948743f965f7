INSERT INTO admit.branding (
    tenant_id, organizer_account_id, display_name, description, logo_url, logo_dark_url, banner_url, accent_color,
    accent_text_color, support_email, support_url, updated_at
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (tenant_id, organizer_account_id) DO UPDATE
SET display_name = excluded.display_name, description = excluded.description, logo_url = excluded.logo_url,
    logo_dark_url = excluded.logo_dark_url, banner_url = excluded.banner_url, accent_color = excluded.accent_color,
    accent_text_color = excluded.accent_text_color, support_email = excluded.support_email,
    support_url = excluded.support_url, updated_at = excluded.updated_at
