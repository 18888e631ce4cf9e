-- What people asked and got no answer to. Only the masked copies are read.
-- name: Misses
SELECT m.masked AS text, t.subject LIKE 's:%' AS staff, c.locale, t.started_at AS at
FROM turn t
JOIN message m ON m.conversation = t.conversation AND m.turn = t.seq AND m.author = 'customer'
JOIN conversation c ON c.id = t.conversation
WHERE t.notes @> '[{"Kind": "miss"}]' AND t.started_at >= @since
ORDER BY t.started_at DESC
LIMIT @most;
