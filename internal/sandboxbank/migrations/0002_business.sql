-- What the bank keeps for a customer besides accounts, cards and payees:
-- mandates, schedules, bills, holdings, loans, cases. The body's shape is the
-- business of the Go type of its kind.
CREATE TABLE bank.record (
    id         text PRIMARY KEY CHECK (length(id) BETWEEN 3 AND 60),
    customer   text NOT NULL REFERENCES bank.customer,
    kind       text NOT NULL CHECK (kind ~ '^[a-z_]{2,30}$'),
    status     text NOT NULL CHECK (status ~ '^[a-z_]{2,30}$'),
    body       jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX record_customer ON bank.record (customer, kind, created_at);

-- Money moves for more than transfers.
ALTER TABLE bank.journal DROP CONSTRAINT journal_kind_check;
ALTER TABLE bank.journal ADD CONSTRAINT journal_kind_check CHECK (kind ~ '^[a-z_]{2,30}$');
ALTER TABLE bank.journal DROP CONSTRAINT journal_check;
ALTER TABLE bank.journal ADD CONSTRAINT journal_check CHECK ((kind IN ('opening', 'history')) = (operation IS NULL));
