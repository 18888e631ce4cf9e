-- name: Records
SELECT id, customer, kind, status, body, created_at, updated_at FROM bank.record
WHERE customer = $1 AND kind = $2 ORDER BY created_at, id

-- name: RecordLocked
SELECT id, customer, kind, status, body, created_at, updated_at FROM bank.record
WHERE customer = $1 AND kind = $2 AND id = $3 FOR UPDATE

-- name: AddRecord
INSERT INTO bank.record (id, customer, kind, status, body, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $6)

-- name: ChangeRecord
UPDATE bank.record SET status = $2, body = $3, updated_at = $4 WHERE id = $1

-- name: SeedRecord
INSERT INTO bank.record (id, customer, kind, status, body, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $6)
ON CONFLICT (id) DO NOTHING
