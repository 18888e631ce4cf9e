-- name: SeedLock
SELECT pg_advisory_xact_lock(7305002)

-- name: Seeded
SELECT true FROM bank.seeded WHERE name = $1

-- name: MarkSeeded
INSERT INTO bank.seeded (name, at) VALUES ($1, $2)

-- name: SeedInternal
INSERT INTO bank.account (id, kind, name, name_en, tail) VALUES ($1, 'internal', $2, $3, '')

-- name: SeedCustomer
INSERT INTO bank.customer (id, name, title, title_en, born_on, edition, locale, phone, rating, region, manager, id_kind, id_expires_on,
    single_limit_fen, daily_limit_fen, pay_salt, pay_hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)

-- name: SeedAccount
INSERT INTO bank.account (id, customer, kind, name, name_en, tail, currency, status, status_reason, frozen_fen, credit_fen, place, term, rate,
    bill_fen, bill_min_fen)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)

-- name: SeedCard
INSERT INTO bank.card (id, customer, account, kind, name, name_en, tail, status, pin_salt, pin_hash, pin_set_at, place)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)

-- name: SeedPayee
INSERT INTO bank.payee (id, customer, name, aliases, relation, bank, account_no, account, name_mismatch, paid_count, place)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)

-- name: SeedJournal
INSERT INTO bank.journal (number, booked_at, kind, customer, payee, party, memo, category)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id

-- name: SeedDates
UPDATE bank.account SET matures_on = $2, bill_due_on = $3 WHERE id = $1
