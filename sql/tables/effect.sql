-- What is asked of providers. A row is written with what causes it; every try sends the same bytes.
CREATE TABLE admit.effect (
    tenant_id integer NOT NULL,
    effect_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN (
        'payment.create', 'payment.list', 'payment.read', 'refund.create', 'customer.create', 'setup.create',
        'payment_method.detach', 'connected_account.create', 'account_link.create')),
    provider text NOT NULL,
    -- The mode of what it is about: no key of the other mode ever sends it.
    live boolean NOT NULL,
    payment_id uuid,
    refund_id uuid,
    -- The notice that is to be confirmed.
    delivery_id uuid,
    -- The adding of a payment method that it serves.
    setup_id uuid,
    payment_method_id uuid,
    -- What the page of a list is for.
    reconciliation_id uuid,
    -- The onboarding that it serves.
    onboarding_id uuid,
    method text NOT NULL,
    path text NOT NULL,
    body text NOT NULL,
    provider_idempotency_key text NOT NULL,
    -- Which key is in use: later ones are made of the first.
    key_number integer NOT NULL DEFAULT 1 CHECK (key_number > 0),
    -- When the key in use was first sent: from then on it may have had its effect.
    key_taken_at timestamptz,
    -- Whether the next try looks for what an earlier one has made.
    looking boolean NOT NULL DEFAULT false,
    state text NOT NULL CHECK (state IN ('due', 'taken', 'done', 'failed', 'uncertain')),
    attempts integer NOT NULL DEFAULT 0,
    -- When it is to be sent; while it is taken, when its worker has had its time.
    due_at timestamptz NOT NULL,
    worker_id uuid,
    object_reference text,
    last_error text,
    created_at timestamptz NOT NULL,
    done_at timestamptz,
    PRIMARY KEY (tenant_id, effect_id),
    FOREIGN KEY (tenant_id, payment_id) REFERENCES admit.payment,
    FOREIGN KEY (tenant_id, refund_id) REFERENCES admit.refund,
    FOREIGN KEY (tenant_id, delivery_id) REFERENCES admit.webhook_delivery,
    FOREIGN KEY (tenant_id, setup_id) REFERENCES admit.payment_method_setup,
    FOREIGN KEY (tenant_id, payment_method_id) REFERENCES admit.payment_method,
    FOREIGN KEY (tenant_id, reconciliation_id) REFERENCES admit.reconciliation,
    FOREIGN KEY (tenant_id, onboarding_id) REFERENCES admit.provider_onboarding,
    CONSTRAINT effect_key UNIQUE (tenant_id, provider, provider_idempotency_key),
    CONSTRAINT effect_of_payment CHECK (
        (kind IN ('payment.create', 'payment.read', 'refund.create')) = (payment_id IS NOT NULL)),
    CONSTRAINT effect_of_setup CHECK ((kind IN ('customer.create', 'setup.create')) = (setup_id IS NOT NULL)),
    CONSTRAINT effect_of_payment_method CHECK ((kind = 'payment_method.detach') = (payment_method_id IS NOT NULL)),
    CONSTRAINT effect_of_refund CHECK ((kind = 'refund.create') = (refund_id IS NOT NULL)),
    CONSTRAINT effect_of_delivery CHECK ((kind = 'payment.read') = (delivery_id IS NOT NULL)),
    CONSTRAINT effect_of_reconciliation CHECK ((kind = 'payment.list') = (reconciliation_id IS NOT NULL)),
    CONSTRAINT effect_of_onboarding CHECK (
        (kind IN ('connected_account.create', 'account_link.create')) = (onboarding_id IS NOT NULL)),
    CONSTRAINT effect_done_is_known CHECK ((state = 'done') = (done_at IS NOT NULL) AND (state <> 'done' OR object_reference IS NOT NULL))
) WITH (fillfactor = 50);
-- One effect an intent.
CREATE UNIQUE INDEX effect_payment ON admit.effect (tenant_id, payment_id, kind) WHERE refund_id IS NULL AND delivery_id IS NULL;
CREATE UNIQUE INDEX effect_refund ON admit.effect (tenant_id, refund_id, kind) WHERE refund_id IS NOT NULL;
CREATE UNIQUE INDEX effect_delivery ON admit.effect (tenant_id, delivery_id) WHERE delivery_id IS NOT NULL;
CREATE UNIQUE INDEX effect_setup ON admit.effect (tenant_id, setup_id, kind) WHERE setup_id IS NOT NULL;
CREATE UNIQUE INDEX effect_payment_method ON admit.effect (tenant_id, payment_method_id) WHERE payment_method_id IS NOT NULL;
CREATE UNIQUE INDEX effect_onboarding ON admit.effect (tenant_id, onboarding_id, kind) WHERE onboarding_id IS NOT NULL;
CREATE INDEX effect_reconciliation ON admit.effect (tenant_id, reconciliation_id) WHERE reconciliation_id IS NOT NULL;
CREATE INDEX effect_open ON admit.effect (tenant_id, due_at) WHERE state IN ('due', 'taken');
CREATE INDEX effect_unfinished ON admit.effect (tenant_id, created_at) WHERE state <> 'done';
COMMENT ON TABLE admit.effect IS 'Requests to payment providers, one row each, with what became of them.';
