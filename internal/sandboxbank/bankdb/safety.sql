-- name: RestrictAccounts
UPDATE bank.account SET status = 'restricted', status_reason = $2
WHERE customer = $1 AND status = 'normal' AND kind IN ('debit', 'passbook', 'wallet') RETURNING tail

-- name: RecentTransfers
SELECT j.number, j.booked_at, j.party, -p.amount_fen AS amount_fen, a.tail
FROM bank.posting p JOIN bank.journal j ON j.id = p.journal JOIN bank.account a ON a.id = p.account
WHERE a.customer = $1 AND p.amount_fen < 0 AND j.booked_at >= $2 AND (j.kind = 'transfer' OR j.payee IS NOT NULL)
ORDER BY j.booked_at DESC, p.id DESC LIMIT 8

-- name: PaidLately
SELECT coalesce(-sum(p.amount_fen), 0)::bigint AS sum_fen, count(*) AS times
FROM bank.posting p JOIN bank.journal j ON j.id = p.journal JOIN bank.account a ON a.id = p.account
WHERE a.customer = $1 AND p.amount_fen < 0 AND j.payee = $2 AND j.kind = 'transfer' AND j.booked_at >= $3
