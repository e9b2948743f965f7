-- Payments, refunds and the webhook inbox.
CREATE TABLE admit.provider (
    tenant_id integer NOT NULL REFERENCES admit.tenant,
    provider text NOT NULL CHECK (provider IN ('stripe')),
    live boolean NOT NULL,
    sealed_secrets bytea NOT NULL,
    secret_count integer NOT NULL,
    connected_account text,
    application_fee_percentage numeric CHECK (application_fee_percentage BETWEEN 0 AND 100),
    -- With it admit calls the provider itself.
    sealed_api_key bytea,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, provider)
);
COMMENT ON TABLE admit.provider IS 'Payment providers; webhook secrets and API keys are encrypted under the master key.';

CREATE TABLE admit.payment (
    tenant_id integer NOT NULL,
    payment_id uuid NOT NULL,
    wallet_id uuid NOT NULL,
    -- The order that it pays; none for a wallet's funding.
    order_id uuid,
    provider text NOT NULL,
    provider_reference text,
    charge_reference text,
    amount_cents bigint NOT NULL CHECK (amount_cents > 0),
    currency text NOT NULL,
    application_fee_cents bigint NOT NULL,
    connected_account text,
    refunded_cents bigint NOT NULL DEFAULT 0,
    state text NOT NULL CHECK (state IN ('pending', 'failed', 'succeeded')),
    created_at timestamptz NOT NULL,
    succeeded_at timestamptz,
    -- What the payer's client needs to pay, from the provider's answer.
    sealed_client_secret bytea,
    redirect_url text,
    PRIMARY KEY (tenant_id, payment_id),
    CONSTRAINT payment_refunded_at_most CHECK (refunded_cents BETWEEN 0 AND amount_cents)
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX payment_reference ON admit.payment (tenant_id, provider, provider_reference) WHERE provider_reference IS NOT NULL;
CREATE INDEX payment_wallet ON admit.payment (tenant_id, wallet_id, payment_id);
COMMENT ON TABLE admit.payment IS 'Payments through a provider: fundings of wallets, and orders.';

CREATE TABLE admit.refund (
    tenant_id integer NOT NULL,
    refund_id uuid NOT NULL,
    payment_id uuid NOT NULL,
    amount_cents bigint NOT NULL CHECK (amount_cents > 0),
    reason text NOT NULL,
    provider_idempotency_key text NOT NULL,
    provider_reference text,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'succeeded', 'failed')),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, refund_id),
    FOREIGN KEY (tenant_id, payment_id) REFERENCES admit.payment
);
COMMENT ON TABLE admit.refund IS 'Refunds of fundings, for the provider to carry out once.';

CREATE TABLE admit.webhook_delivery (
    tenant_id integer NOT NULL,
    delivery_id uuid NOT NULL,
    provider text NOT NULL,
    event_reference text NOT NULL,
    event_type text NOT NULL,
    object_reference text NOT NULL,
    body bytea NOT NULL,
    state text NOT NULL CHECK (state IN ('applied', 'duplicate', 'parked', 'ignored', 'refused')),
    detail text,
    deliveries integer NOT NULL DEFAULT 1,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, delivery_id),
    CONSTRAINT webhook_delivery_event UNIQUE (tenant_id, provider, event_reference)
) WITH (fillfactor = 70);
CREATE INDEX webhook_delivery_parked ON admit.webhook_delivery (tenant_id, received_at) WHERE state = 'parked';
CREATE INDEX webhook_delivery_object ON admit.webhook_delivery (tenant_id, object_reference) WHERE state = 'parked';
COMMENT ON TABLE admit.webhook_delivery IS 'Verified webhook deliveries, one row an event of the provider.';
