-- The next segment of a session, under the key its first one has.
-- name: BeginSegment
INSERT INTO evidence_segment (session, segment, subject, node, file, wrapped_key, started_at)
SELECT $1, n, $2, $3, $1::text || '-' || n || '.pdev', coalesce(
    (SELECT wrapped_key FROM evidence_segment WHERE session = $1 AND segment = 1), $4), $5
FROM (SELECT coalesce(max(segment), 0) + 1 AS n FROM evidence_segment WHERE session = $1) AS next
RETURNING session, segment, subject, node, file, wrapped_key;

-- name: DropSegment
DELETE FROM evidence_segment e WHERE e.session = $1 AND e.segment = $2
  AND NOT EXISTS (SELECT FROM evidence_anchor a WHERE a.session = e.session AND a.segment = e.segment);

-- name: EndSegment
UPDATE evidence_segment SET state = $3, ended_at = $4, frames = $5, bytes = $6
WHERE session = $1 AND segment = $2 AND state = 'running';

-- The unfinished segments of nodes that no longer beat.
-- name: LostSegments
SELECT session, segment, subject, node, file, wrapped_key FROM evidence_segment
WHERE state = 'running' AND node <> $1
  AND NOT EXISTS (SELECT FROM node n WHERE n.id = evidence_segment.node AND n.beat_at > clock_timestamp() - interval '10 seconds')
ORDER BY started_at LIMIT 100;

-- name: ClaimSegment
UPDATE evidence_segment SET node = $4 WHERE session = $1 AND segment = $2 AND node = $3 AND state = 'running';

-- name: Segments
SELECT session, segment, subject, node, file, wrapped_key FROM evidence_segment WHERE session = $1 ORDER BY segment;

-- An anchor that is there already stays as it is.
-- name: Anchor
INSERT INTO evidence_anchor (session, segment, counter, subject, state, at, hash, key)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING;

-- name: LastAnchor
SELECT session, segment, counter, state, at, hash, key FROM evidence_anchor
WHERE session = $1 AND segment <= $2 ORDER BY segment DESC, counter DESC LIMIT 1;

-- name: Anchors
SELECT session, segment, counter, state, at, hash, key FROM evidence_anchor WHERE session = $1 ORDER BY segment, counter;

-- name: AddSigningKey
INSERT INTO installation_secret (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING;

-- name: SigningKeys
SELECT name, value FROM installation_secret WHERE name LIKE 'evidence.%' ORDER BY name;
