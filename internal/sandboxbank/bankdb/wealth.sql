-- name: SetRating
UPDATE bank.customer SET rating = $2 WHERE id = $1
