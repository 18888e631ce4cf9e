-- name: TakeKey
SELECT pg_advisory_xact_lock(hashtextextended($1, 7305))

-- name: TryKey
SELECT pg_try_advisory_xact_lock(hashtextextended($1, 7305))

-- name: OperationByKey
SELECT operation, customer, body_hash, status, code, number, answer, at FROM bank.operation WHERE key = $1

-- name: RecordOperation
INSERT INTO bank.operation (key, operation, customer, body_hash, status, code, number, answer, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)

-- name: NextNumber
SELECT nextval('bank.receipt_number')

-- name: InsertJournal
INSERT INTO bank.journal (number, booked_at, kind, customer, payee, operation, party, memo, category)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id

-- name: InsertPosting
INSERT INTO bank.posting (journal, account, amount_fen, balance_after_fen) VALUES ($1, $2, $3, 0) RETURNING balance_after_fen

-- name: PayeePaid
UPDATE bank.payee SET paid_count = paid_count + 1 WHERE id = $1

-- name: CardLost
UPDATE bank.card SET status = $2, loss_until = $3 WHERE id = $1

-- name: CloseAccount
UPDATE bank.account SET status = 'closed' WHERE id = $1

-- name: CardPINReset
UPDATE bank.card SET pin_salt = $2, pin_hash = $3, pin_set_at = $4, status = 'normal' WHERE id = $1

-- name: InsertSMS
INSERT INTO bank.sms_outbox (at, customer, ref, text) VALUES ($1, $2, $3, $4)

-- name: InsertChallenge
INSERT INTO bank.challenge (ref, customer, operation, args_hash, level, factor, device, keyed_by, sms_hash, token_hash, fields, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)

-- name: StepUpLock
-- When the box died that shuts the operation: the last one of that operation,
-- or the fifth last of any kind; the later of the two, null when neither.
SELECT greatest(
    max(ended_at) FILTER (WHERE operation = $2),
    (array_agg(ended_at ORDER BY ended_at DESC))[5])
FROM bank.challenge WHERE customer = $1 AND status = 'dead' AND ended_at > $3

-- name: Challenge
SELECT ref, customer, operation, args_hash, level, factor, keyed_by, sms_hash, token_hash, fields, tries, status, created_at, expires_at
FROM bank.challenge WHERE ref = $1

-- name: InsertReference
INSERT INTO bank.reference (id, ref, proof, created_at) VALUES ($1, $2, $3, $4)

-- name: TakeReference
UPDATE bank.reference SET used_at = $2 WHERE id = $1 AND used_at IS NULL RETURNING ref, proof

-- name: ReferenceUsed
SELECT true FROM bank.reference WHERE id = $1

-- name: ChallengeLocked
SELECT ref, customer, operation, args_hash, level, factor, keyed_by, sms_hash, token_hash, fields, tries, status, created_at, expires_at
FROM bank.challenge WHERE ref = $1 FOR UPDATE

-- name: ChallengeTried
UPDATE bank.challenge SET tries = tries + 1,
    status = CASE WHEN tries + 1 >= 3 THEN 'dead' ELSE status END,
    ended_at = CASE WHEN tries + 1 >= 3 THEN $2::timestamptz ELSE ended_at END
WHERE ref = $1 RETURNING tries

-- name: ChallengeMissed
-- A used box whose content was wrong; the third of an operation since $2 is dead.
UPDATE bank.challenge c SET tries = 1, status = CASE WHEN (
    SELECT count(*) FROM bank.challenge o
    WHERE o.customer = c.customer AND o.operation = c.operation AND o.status = 'used' AND o.tries > 0 AND o.ended_at > $2) >= 2
    THEN 'dead' ELSE status END
WHERE ref = $1 RETURNING status = 'dead'

-- name: ChallengeUsed
UPDATE bank.challenge SET status = 'used', ended_at = $2 WHERE ref = $1
