-- name: Keep
INSERT INTO capture (id, conversation, subject, ref, flow, title, kind, type, width, height, size, digest, picture, fields, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
ON CONFLICT (conversation, ref) DO NOTHING;

-- name: OfRef
SELECT id, digest FROM capture WHERE conversation = $1 AND ref = $2;

-- The oldest picture that nobody reads: taken for a while by who asks.
-- name: Lease
UPDATE capture SET lease = $2, tries = tries + 1 WHERE id = (
  SELECT id FROM capture WHERE told_at IS NULL AND (lease IS NULL OR lease < $1)
  ORDER BY at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, conversation, subject, ref, type, picture, fields, reading, tries;

-- name: Read
UPDATE capture SET reading = $2, read_at = $3 WHERE id = $1;

-- name: Told
UPDATE capture SET told_at = $2 WHERE id = $1;

-- name: Of
SELECT id, subject, ref, flow, title, kind, type, width, height, size, reading, at, read_at FROM capture
WHERE conversation = $1 ORDER BY at DESC, id LIMIT 50;

-- name: Picture
SELECT subject, type, picture FROM capture WHERE conversation = $1 AND id = $2;
