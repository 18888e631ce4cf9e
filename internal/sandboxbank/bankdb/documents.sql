-- name: FreezePart
UPDATE bank.account SET frozen_fen = frozen_fen + $2 WHERE id = $1
