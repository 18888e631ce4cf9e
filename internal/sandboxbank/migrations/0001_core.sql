-- The whole of the sandbox bank core: people, accounts, a double-entry ledger,
-- cards, payees, step-up and the record of operations.

CREATE TABLE bank.customer (
    id               text PRIMARY KEY CHECK (id ~ '^C[0-9]{3,9}$'),
    name             text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    title            text NOT NULL,
    title_en         text NOT NULL,
    born_on          date NOT NULL,
    edition          text NOT NULL CHECK (edition IN ('standard', 'elder', 'youth', 'private')),
    locale           text NOT NULL CHECK (locale IN ('zh', 'en')),
    phone            text NOT NULL CHECK (phone ~ '^1[0-9]{10}$'),
    rating           text NOT NULL DEFAULT '' CHECK (rating IN ('', 'R1', 'R2', 'R3', 'R4', 'R5')),
    region           text NOT NULL DEFAULT '',
    manager          text NOT NULL DEFAULT '',
    id_kind          text NOT NULL CHECK (id_kind IN ('id_card', 'passport')),
    id_expires_on    date,
    single_limit_fen bigint NOT NULL CHECK (single_limit_fen >= 0),
    daily_limit_fen  bigint NOT NULL CHECK (daily_limit_fen >= 0),
    pay_salt         bytea NOT NULL,
    pay_hash         bytea NOT NULL
);

CREATE TABLE bank.account (
    id            text PRIMARY KEY CHECK (length(id) BETWEEN 3 AND 40),
    customer      text REFERENCES bank.customer,
    kind          text NOT NULL CHECK (kind IN ('debit', 'credit', 'deposit', 'passbook', 'mortgage', 'wallet', 'pension', 'internal')),
    name          text NOT NULL,
    name_en       text NOT NULL,
    tail          text NOT NULL CHECK (tail ~ '^[0-9]{4}$' OR kind = 'internal'),
    currency      text NOT NULL DEFAULT 'CNY' CHECK (currency ~ '^[A-Z]{3}$'),
    status        text NOT NULL DEFAULT 'normal' CHECK (status IN ('normal', 'frozen', 'dormant', 'restricted')),
    status_reason text NOT NULL DEFAULT '',
    -- The sum of the account's postings, kept by the trigger below; what the
    -- bank owes the customer is positive, what the customer owes is negative.
    balance_fen   bigint NOT NULL DEFAULT 0,
    frozen_fen    bigint NOT NULL DEFAULT 0 CHECK (frozen_fen >= 0),
    credit_fen    bigint NOT NULL DEFAULT 0 CHECK (credit_fen >= 0),
    place         int NOT NULL DEFAULT 0,
    term          text NOT NULL DEFAULT '',
    rate          text NOT NULL DEFAULT '',
    matures_on    date,
    bill_fen      bigint NOT NULL DEFAULT 0 CHECK (bill_fen >= 0),
    bill_min_fen  bigint NOT NULL DEFAULT 0 CHECK (bill_min_fen >= 0),
    bill_due_on   date,
    CHECK ((customer IS NULL) = (kind = 'internal')),
    CONSTRAINT no_overdraft CHECK (kind IN ('internal', 'credit', 'mortgage') OR balance_fen >= 0)
);
CREATE INDEX account_customer ON bank.account (customer, place);

CREATE TABLE bank.payee (
    id            text PRIMARY KEY CHECK (length(id) BETWEEN 3 AND 40),
    customer      text NOT NULL REFERENCES bank.customer,
    name          text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    aliases       text[] NOT NULL DEFAULT '{}',
    relation      text NOT NULL DEFAULT '',
    bank          text NOT NULL,
    account_no    text NOT NULL CHECK (account_no ~ '^[0-9]{8,30}$'),
    -- An account of this bank; NULL where the payee banks elsewhere.
    account       text REFERENCES bank.account,
    name_mismatch boolean NOT NULL DEFAULT false,
    paid_count    int NOT NULL DEFAULT 0 CHECK (paid_count >= 0),
    place         int NOT NULL DEFAULT 0
);
CREATE INDEX payee_customer ON bank.payee (customer, place);

CREATE TABLE bank.card (
    id         text PRIMARY KEY CHECK (length(id) BETWEEN 3 AND 40),
    customer   text NOT NULL REFERENCES bank.customer,
    account    text NOT NULL REFERENCES bank.account,
    kind       text NOT NULL CHECK (kind IN ('debit', 'credit')),
    name       text NOT NULL,
    name_en    text NOT NULL,
    tail       text NOT NULL CHECK (tail ~ '^[0-9]{4}$'),
    status     text NOT NULL DEFAULT 'normal' CHECK (status IN ('normal', 'lost', 'locked', 'captured')),
    loss_until timestamptz,
    pin_salt   bytea NOT NULL,
    pin_hash   bytea NOT NULL,
    pin_set_at timestamptz NOT NULL,
    place      int NOT NULL DEFAULT 0
);
CREATE INDEX card_customer ON bank.card (customer, place);

-- The ledger. A journal is one booking; its postings sum to zero.
CREATE SEQUENCE bank.receipt_number;
CREATE TABLE bank.journal (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number     text NOT NULL UNIQUE,
    booked_at  timestamptz NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('opening', 'history', 'transfer')),
    customer   text REFERENCES bank.customer,
    payee      text REFERENCES bank.payee,
    operation  text UNIQUE, -- the idempotency key that booked it; NULL for seeded history
    party      text NOT NULL,
    memo       text NOT NULL DEFAULT '' CHECK (length(memo) <= 200),
    category   text NOT NULL DEFAULT '',
    CHECK ((kind = 'transfer') = (operation IS NOT NULL))
);
CREATE INDEX journal_recent ON bank.journal (customer, booked_at) WHERE kind = 'transfer';
CREATE TABLE bank.posting (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    journal           bigint NOT NULL REFERENCES bank.journal,
    account           text NOT NULL REFERENCES bank.account,
    amount_fen        bigint NOT NULL CHECK (amount_fen <> 0),
    balance_after_fen bigint NOT NULL
);
CREATE INDEX posting_account ON bank.posting (account, id);
CREATE INDEX posting_journal ON bank.posting (journal);

CREATE FUNCTION bank.post_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE bank.account SET balance_fen = balance_fen + NEW.amount_fen WHERE id = NEW.account
        RETURNING balance_fen INTO NEW.balance_after_fen;
    RETURN NEW;
END $$;
CREATE TRIGGER posting_balance BEFORE INSERT ON bank.posting
    FOR EACH ROW EXECUTE FUNCTION bank.post_balance();

CREATE FUNCTION bank.check_zero() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE total numeric; parts int;
BEGIN
    SELECT coalesce(sum(amount_fen), 0), count(*) INTO total, parts FROM bank.posting WHERE journal = NEW.journal;
    IF total <> 0 OR parts < 2 THEN
        RAISE EXCEPTION 'journal % does not balance: % postings sum to % fen', NEW.journal, parts, total
            USING ERRCODE = 'check_violation', CONSTRAINT = 'postings_sum_to_zero';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER posting_zero AFTER INSERT ON bank.posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION bank.check_zero();

CREATE FUNCTION bank.no_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is never changed, only added to' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_is_final';
END $$;
CREATE TRIGGER journal_final BEFORE UPDATE OR DELETE ON bank.journal FOR EACH ROW EXECUTE FUNCTION bank.no_change();
CREATE TRIGGER posting_final BEFORE UPDATE OR DELETE ON bank.posting FOR EACH ROW EXECUTE FUNCTION bank.no_change();

-- What was asked under an idempotency key, and the one answer it ever gets.
CREATE TABLE bank.operation (
    key       text PRIMARY KEY CHECK (length(key) BETWEEN 8 AND 100),
    operation text NOT NULL,
    customer  text NOT NULL,
    body_hash bytea NOT NULL CHECK (length(body_hash) = 32),
    status    text NOT NULL CHECK (status IN ('done', 'refused')),
    code      text NOT NULL DEFAULT '',
    number    text NOT NULL DEFAULT '',
    answer    jsonb NOT NULL,
    at        timestamptz NOT NULL,
    CHECK ((status = 'refused') = (code <> ''))
);
CREATE INDEX operation_customer ON bank.operation (customer, at);

CREATE TABLE bank.challenge (
    ref        text PRIMARY KEY,
    customer   text NOT NULL REFERENCES bank.customer,
    operation  text NOT NULL,
    args_hash  bytea NOT NULL CHECK (length(args_hash) = 32),
    level      text NOT NULL CHECK (level IN ('L2', 'L3')),
    factor     text NOT NULL CHECK (factor IN ('sms', 'payment_password')),
    device     text NOT NULL DEFAULT '',
    -- The process whose memory holds the key of the two hashes below; codes of
    -- an earlier process can no longer be checked and count as expired.
    keyed_by   text NOT NULL,
    sms_hash   bytea,
    token_hash bytea,
    fields     jsonb NOT NULL,
    tries      int NOT NULL DEFAULT 0 CHECK (tries BETWEEN 0 AND 3),
    status     text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'used', 'dead')),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at   timestamptz,
    CHECK ((status = 'open') = (ended_at IS NULL))
);
CREATE INDEX challenge_customer ON bank.challenge (customer, ended_at);

-- One filled secure box: no value, only what is needed to judge it.
CREATE TABLE bank.reference (
    id         text PRIMARY KEY,
    ref        text NOT NULL REFERENCES bank.challenge,
    proof      jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    used_at    timestamptz
);

-- Text messages as the gateway was given them, codes blotted out.
CREATE TABLE bank.sms_outbox (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       timestamptz NOT NULL,
    customer text NOT NULL REFERENCES bank.customer,
    ref      text NOT NULL DEFAULT '',
    text     text NOT NULL
);

CREATE TABLE bank.seeded (name text PRIMARY KEY, at timestamptz NOT NULL);
