-- name: AccountNumberOwner
SELECT name FROM bank.payee WHERE account_no = $1 AND bank = $2 AND NOT name_mismatch ORDER BY id LIMIT 1

-- name: OwnAccountNumber
SELECT true FROM bank.payee p JOIN bank.account a ON a.id = p.account WHERE p.account_no = $1 AND a.customer = $2 LIMIT 1

-- name: AddPayee
INSERT INTO bank.payee (id, customer, name, aliases, relation, bank, account_no, account, name_mismatch, paid_count, place)
SELECT $1, $2, $3, $4::text[], '', $5, $6, (SELECT account FROM bank.payee WHERE account_no = $6 AND account IS NOT NULL LIMIT 1), false, 0,
       coalesce(max(place), 0) + 1
FROM bank.payee WHERE customer = $2

-- name: PayeeAliases
UPDATE bank.payee SET aliases = $2 WHERE id = $1

-- name: SetLimits
UPDATE bank.customer SET single_limit_fen = $2, daily_limit_fen = $3 WHERE id = $1

-- name: KeepRecord
INSERT INTO bank.record (id, customer, kind, status, body, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $6)
ON CONFLICT (id) DO UPDATE SET status = excluded.status, body = excluded.body, updated_at = excluded.updated_at

-- name: SchedulesDue
SELECT id, customer, kind, status, body, created_at, updated_at FROM bank.record
WHERE kind = 'schedule' AND status = 'active' AND body->>'next' <= $1 ORDER BY body->>'next', id

-- name: RecordsByField
SELECT id, customer, kind, status, body, created_at, updated_at FROM bank.record
WHERE kind = $1 AND body->>$2::text = $3 ORDER BY id

-- name: TransfersDone
SELECT number, answer, at FROM bank.operation
WHERE customer = $1 AND operation IN ('bank.transfer', 'bank.schedule_run') AND status = 'done' AND at > $2
ORDER BY at DESC LIMIT 20

-- name: RecordsByID
SELECT id, customer, kind, status, body, created_at, updated_at FROM bank.record WHERE id = $1 AND kind = $2
