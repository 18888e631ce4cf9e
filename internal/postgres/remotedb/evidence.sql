-- The next segment of a session, under the key its first one has.
-- name: BeginSegment
INSERT INTO evidence_segment (session, segment, subject, node, file, wrapped_key, started_at, flow, title)
SELECT $1, n, $2, $3, $1::text || '-' || n || '.pdev', coalesce(
    (SELECT wrapped_key FROM evidence_segment WHERE session = $1 AND segment = 1), $4), $5, $6, $7
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

-- Recorded sessions, the newest first. What a file holds in time is told by its
-- anchors: a crash leaves no time of its end.
-- name: Recorded
SELECT s.id, s.conversation, s.subject, s.agent, f.started_at, e.*, coalesce(nullif(q.title, ''), e.last_title, '') AS title,
  coalesce(nullif(q.flow, ''), e.last_flow, '') AS flow, coalesce(q.role, '') AS role, coalesce(q.outcome, '') AS outcome
FROM evidence_segment f JOIN session s ON s.id = f.session LEFT JOIN session_request q ON q.id = s.request
CROSS JOIN LATERAL (
  SELECT count(*)::integer AS segments, coalesce(sum(g.bytes), 0)::bigint AS bytes, bool_or(g.state = 'running') AS running,
    bool_or(g.state = 'crashed') AS crashed, bool_or(g.state = 'damaged') AS damaged, bool_or(g.wrapped_key IS NULL) AS destroyed,
    (array_agg(g.title ORDER BY g.segment DESC) FILTER (WHERE g.title <> ''))[1] AS last_title,
    (array_agg(g.flow ORDER BY g.segment DESC) FILTER (WHERE g.flow <> ''))[1] AS last_flow,
    coalesce(sum(extract(epoch FROM l.at - g.started_at) * 1000), 0)::bigint AS length_ms,
    array_agg(g.file ORDER BY g.segment) AS files
  FROM evidence_segment g
  LEFT JOIN LATERAL (SELECT a.at FROM evidence_anchor a WHERE a.session = g.session AND a.segment = g.segment AND a.state <> 'crashed' ORDER BY a.counter DESC LIMIT 1) l ON true
  WHERE g.session = f.session
) e
WHERE f.segment = 1
  AND (@session::uuid IS NULL OR f.session = @session) AND (@conversation::uuid IS NULL OR s.conversation = @conversation)
  AND (@since::timestamptz IS NULL OR f.started_at >= @since) AND (@until::timestamptz IS NULL OR f.started_at < @until)
  AND (@agents::text[] IS NULL OR s.agent = ANY (@agents)) AND (@subjects::text[] IS NULL OR s.subject = ANY (@subjects))
ORDER BY f.started_at DESC, f.session DESC LIMIT @most;
