-- How organizers show themselves to buyers.
CREATE TABLE admit.branding (
    tenant_id integer NOT NULL REFERENCES admit.tenant,
    -- Whose sales go there; none for the tenant's own.
    organizer_account_id uuid,
    display_name text NOT NULL,
    description text,
    logo_url text,
    logo_dark_url text,
    banner_url text,
    accent_color text CHECK (accent_color ~ '^#[0-9a-f]{6}$'),
    accent_text_color text CHECK (accent_text_color ~ '^#[0-9a-f]{6}$'),
    support_email text,
    support_url text,
    updated_at timestamptz NOT NULL,
    FOREIGN KEY (tenant_id, organizer_account_id) REFERENCES admit.account,
    CONSTRAINT branding_organizer UNIQUE NULLS NOT DISTINCT (tenant_id, organizer_account_id)
);
COMMENT ON TABLE admit.branding IS 'How organizers show themselves to buyers: one row an account, and one for the tenant itself.';
