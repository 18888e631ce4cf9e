-- name: DocumentRenewed
UPDATE bank.customer SET id_expires_on = $2 WHERE id = $1

-- name: PhoneChanged
UPDATE bank.customer SET phone = $2 WHERE id = $1

-- name: PhoneOwner
SELECT id FROM bank.customer WHERE phone = $1 AND id <> $2 LIMIT 1

-- name: AccountFreed
UPDATE bank.account SET status = 'normal', status_reason = '' WHERE id = $1
