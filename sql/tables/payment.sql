-- Payments, refunds and the webhook inbox.
CREATE TABLE admit.provider (
    tenant_id integer NOT NULL REFERENCES admit.tenant,
    provider text NOT NULL CHECK (provider IN ('stripe', 'midtrans', 'xendit')),
    live boolean NOT NULL,
    sealed_secrets bytea NOT NULL,
    secret_count integer NOT NULL,
    connected_account text,
    application_fee_percentage numeric CHECK (application_fee_percentage BETWEEN 0 AND 100),
    -- With it admit calls the provider itself.
    sealed_api_key bytea,
    -- From which UTC hour on the day's reconciliation begins; none where there is no daily one.
    reconciliation_hour integer CHECK (reconciliation_hour BETWEEN 0 AND 23),
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, provider)
);
COMMENT ON TABLE admit.provider IS 'Payment providers; webhook secrets and API keys are encrypted under the master key.';

CREATE TABLE admit.provider_account (
    tenant_id integer NOT NULL REFERENCES admit.tenant,
    provider text NOT NULL,
    account text NOT NULL,
    charges_enabled boolean NOT NULL,
    payouts_enabled boolean NOT NULL,
    details_submitted boolean NOT NULL,
    -- What the provider still asks the owner for, what of it is late, and why it keeps the account back.
    requirements_due text[] NOT NULL,
    requirements_past_due text[] NOT NULL,
    disabled_reason text,
    told_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, provider, account)
);
COMMENT ON TABLE admit.provider_account IS 'What connected accounts may do, as their provider tells it.';

CREATE TABLE admit.payment (
    tenant_id integer NOT NULL,
    payment_id uuid NOT NULL,
    wallet_id uuid NOT NULL,
    -- The order that it pays; none for a wallet's funding.
    order_id uuid,
    provider text NOT NULL,
    -- Live or test mode: that of the provider when it was announced.
    live boolean NOT NULL,
    provider_reference text,
    charge_reference text,
    amount_cents bigint NOT NULL CHECK (amount_cents > 0),
    currency text NOT NULL,
    application_fee_cents bigint NOT NULL,
    connected_account text,
    -- What went back to the payer, or was asked to.
    refunded_cents bigint NOT NULL DEFAULT 0,
    -- The largest sum of refunds that the provider told.
    refunded_in_all_cents bigint NOT NULL DEFAULT 0,
    -- What was taken back for the payer from the wallet, or from those who share the order.
    taken_back_cents bigint NOT NULL DEFAULT 0,
    -- What the provider keeps back for disputes that are open or lost.
    disputed_cents bigint NOT NULL DEFAULT 0,
    state text NOT NULL CHECK (state IN ('pending', 'failed', 'cancelled', 'succeeded')),
    created_at timestamptz NOT NULL,
    succeeded_at timestamptz,
    -- What the payer's client needs to pay, from the provider's answer.
    sealed_client_secret bytea,
    redirect_url text,
    -- The saved method that it is paid with.
    payment_method_id uuid,
    PRIMARY KEY (tenant_id, payment_id),
    CONSTRAINT payment_refunded_at_most CHECK (
        refunded_cents >= 0 AND disputed_cents >= 0 AND refunded_cents + disputed_cents <= amount_cents),
    CONSTRAINT payment_taken_back_at_most CHECK (taken_back_cents BETWEEN 0 AND amount_cents)
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX payment_reference ON admit.payment (tenant_id, provider, provider_reference) WHERE provider_reference IS NOT NULL;
CREATE INDEX payment_wallet ON admit.payment (tenant_id, wallet_id, payment_id);
COMMENT ON TABLE admit.payment IS 'Payments through a provider: fundings of wallets, and orders.';

CREATE TABLE admit.refund (
    tenant_id integer NOT NULL,
    refund_id uuid NOT NULL,
    payment_id uuid NOT NULL,
    -- The failed refund that it takes the place of.
    retry_of uuid,
    provider_reference text,
    amount_cents bigint NOT NULL CHECK (amount_cents > 0),
    state text NOT NULL CHECK (state IN ('pending', 'succeeded', 'failed')),
    -- Why it was asked for; none for one that was made at the provider, and no key.
    reason text,
    provider_idempotency_key text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, refund_id),
    FOREIGN KEY (tenant_id, payment_id) REFERENCES admit.payment,
    CONSTRAINT refund_asked_here CHECK ((reason IS NULL) = (provider_idempotency_key IS NULL))
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX refund_reference ON admit.refund (tenant_id, payment_id, provider_reference);
CREATE UNIQUE INDEX refund_retry ON admit.refund (tenant_id, retry_of) WHERE retry_of IS NOT NULL;
COMMENT ON TABLE admit.refund IS 'Refunds of payments: asked for here, for the provider to carry out once, or made at the provider.';

CREATE TABLE admit.dispute (
    tenant_id integer NOT NULL,
    dispute_id uuid NOT NULL,
    payment_id uuid NOT NULL,
    provider_reference text NOT NULL,
    amount_cents bigint NOT NULL,
    -- None for a code that is not known here.
    currency text,
    reason text,
    inquiry boolean NOT NULL,
    state text NOT NULL CHECK (state IN ('opened', 'won', 'lost')),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, dispute_id),
    FOREIGN KEY (tenant_id, payment_id) REFERENCES admit.payment,
    CONSTRAINT dispute_reference UNIQUE (tenant_id, payment_id, provider_reference)
) WITH (fillfactor = 70);
COMMENT ON TABLE admit.dispute IS 'Disputes of payments, as their provider reports them.';

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
