-- name: Customer
SELECT id, name, title, title_en, born_on, edition, locale, phone, rating, region, manager, id_kind, id_expires_on,
       single_limit_fen, daily_limit_fen
FROM bank.customer WHERE id = $1

-- name: CustomerLocked
SELECT id, name, title, title_en, born_on, edition, locale, phone, rating, region, manager, id_kind, id_expires_on,
       single_limit_fen, daily_limit_fen
FROM bank.customer WHERE id = $1 FOR UPDATE

-- name: PaymentPassword
SELECT pay_salt AS salt, pay_hash AS hash FROM bank.customer WHERE id = $1

-- name: AccountsOf
SELECT id, customer, kind, name, name_en, tail, currency, status, status_reason, balance_fen, frozen_fen, credit_fen,
       term, rate, matures_on, bill_fen, bill_min_fen, bill_due_on
FROM bank.account WHERE customer = $1 AND status <> 'closed' ORDER BY place, id

-- name: Account
SELECT id, coalesce(customer, '') AS customer, kind, name, name_en, tail, currency, status, status_reason, balance_fen, frozen_fen, credit_fen,
       term, rate, matures_on, bill_fen, bill_min_fen, bill_due_on
FROM bank.account WHERE id = $1 AND customer = $2 AND status <> 'closed'

-- name: LockAccounts
SELECT id, coalesce(customer, '') AS customer, kind, name, name_en, tail, currency, status, status_reason, balance_fen, frozen_fen, credit_fen,
       term, rate, matures_on, bill_fen, bill_min_fen, bill_due_on
FROM bank.account WHERE id = ANY($1) ORDER BY id FOR UPDATE

-- name: CardsOf
SELECT id, customer, account, kind, name, name_en, tail, status, loss_until, pin_set_at
FROM bank.card WHERE customer = $1 AND account NOT IN (SELECT id FROM bank.account WHERE status = 'closed') ORDER BY place, id

-- name: Card
SELECT id, customer, account, kind, name, name_en, tail, status, loss_until, pin_set_at
FROM bank.card WHERE id = $1 AND customer = $2

-- name: CardLocked
SELECT id, customer, account, kind, name, name_en, tail, status, loss_until, pin_set_at
FROM bank.card WHERE id = $1 AND customer = $2 FOR UPDATE

-- name: CardPIN
SELECT pin_salt AS salt, pin_hash AS hash FROM bank.card WHERE id = $1 AND customer = $2

-- name: CardsOfAccount
SELECT status FROM bank.card WHERE account = $1

-- name: PayeesOf
SELECT id, name, aliases, relation, bank, account_no, coalesce(account, '') AS account, name_mismatch, paid_count
FROM bank.payee WHERE customer = $1 AND NOT EXISTS (SELECT 1 FROM bank.record r WHERE r.id = 'gone-' || payee.id) ORDER BY place, id

-- name: Payee
SELECT id, name, aliases, relation, bank, account_no, coalesce(account, '') AS account, name_mismatch, paid_count
FROM bank.payee WHERE id = $1 AND customer = $2 AND NOT EXISTS (SELECT 1 FROM bank.record r WHERE r.id = 'gone-' || payee.id)

-- name: TransferredSince
SELECT coalesce(-sum(p.amount_fen), 0)::bigint
FROM bank.journal j JOIN bank.posting p ON p.journal = j.id JOIN bank.account a ON a.id = p.account
WHERE j.customer = $1 AND j.kind = 'transfer' AND j.booked_at >= $2 AND a.customer = $1 AND p.amount_fen < 0

-- name: SameTransfer
SELECT j.number, j.booked_at
FROM bank.journal j JOIN bank.posting p ON p.journal = j.id
WHERE j.customer = $1 AND j.kind = 'transfer' AND j.booked_at > $2 AND j.payee = $3 AND p.account = $4 AND p.amount_fen = $5
ORDER BY j.booked_at DESC LIMIT 1

-- name: Transactions
SELECT p.id, j.number, j.booked_at, j.kind, a.id AS account, a.tail, p.amount_fen, p.balance_after_fen, j.party, j.memo, j.category
FROM bank.posting p JOIN bank.journal j ON j.id = p.journal JOIN bank.account a ON a.id = p.account
WHERE a.customer = $1 AND j.kind <> 'opening'
  AND ($2::text = '' OR a.id = $2)
  AND ($3::timestamptz IS NULL OR j.booked_at >= $3)
  AND ($4::timestamptz IS NULL OR j.booked_at < $4)
  AND ($5::text = '' OR strpos(lower(j.party), lower($5)) > 0
       OR j.payee IN (SELECT id FROM bank.payee WHERE customer = $1 AND ($5 = ANY(aliases) OR relation = $5)))
  AND ($6::text = '' OR ($6 = 'in' AND p.amount_fen > 0) OR ($6 = 'out' AND p.amount_fen < 0))
  AND ($7::bigint = 0 OR abs(p.amount_fen) >= $7)
  AND ($8::bigint = 0 OR abs(p.amount_fen) <= $8)
  AND ($9::text = '' OR j.category = $9 OR strpos(lower(j.memo), lower($9)) > 0)
ORDER BY j.booked_at DESC, p.id DESC

-- name: LedgerEntries
SELECT j.number, j.booked_at, j.kind, coalesce(j.operation, '') AS operation, a.id AS account, a.tail, p.amount_fen, p.balance_after_fen, j.party, j.memo
FROM bank.posting p JOIN bank.journal j ON j.id = p.journal JOIN bank.account a ON a.id = p.account
WHERE a.customer = $1 AND ($2::boolean OR j.kind = 'transfer')
ORDER BY j.booked_at DESC, p.id DESC LIMIT $3

-- name: OperationsOf
SELECT key, operation, status, code, number, at FROM bank.operation WHERE customer = $1 ORDER BY at DESC LIMIT $2

-- name: Receipt
SELECT answer FROM bank.operation WHERE customer = $1 AND number = $2 AND operation = 'bank.transfer' AND status = 'done'

-- name: FailedTransfer
SELECT code, answer, at FROM bank.operation
WHERE customer = $1 AND operation = 'bank.transfer' AND status = 'refused' AND at > $2
  AND code NOT IN ('wrong_code', 'code_expired', 'too_many_tries', 'cancelled', 'reference_used', 'reference_unknown')
ORDER BY at DESC LIMIT 1

-- name: AuditLedger
SELECT (SELECT count(*) FROM bank.journal) AS journals,
       (SELECT count(*) FROM bank.posting) AS postings,
       (SELECT coalesce(sum(amount_fen), 0)::bigint FROM bank.posting) AS total_fen,
       (SELECT count(*) FROM (SELECT journal FROM bank.posting GROUP BY journal HAVING sum(amount_fen) <> 0) b) AS unbalanced,
       (SELECT count(*) FROM bank.account a WHERE a.balance_fen <>
           (SELECT coalesce(sum(p.amount_fen), 0) FROM bank.posting p WHERE p.account = a.id)) AS drifted
