-- Offers a session only while the agent owns the conversation; no row otherwise.
-- name: Offer
INSERT INTO session (id, conversation, subject, agent, code, state, node, offered_at, request)
SELECT $1, c.id, c.subject, $3, $4, 'offered', $5, $6,
  (SELECT q.id FROM session_request q WHERE q.conversation = c.id AND q.kind = 'session' AND q.state IN ('waiting', 'taken') ORDER BY q.since DESC LIMIT 1)
FROM conversation c
WHERE c.id = $2 AND c.speaker = 'agent' AND c.agent = $3
ON CONFLICT (conversation) WHERE state <> 'ended' DO NOTHING
RETURNING id, conversation, subject, agent, code, state, sharing, present, node, visitor;

-- name: Owns
SELECT count(*) FROM conversation WHERE id = $1 AND speaker = 'agent' AND agent = $2;

-- name: Read
SELECT id, conversation, subject, agent, code, state, sharing, present, node, visitor FROM session WHERE id = $1;

-- name: OpenOf
SELECT id, conversation, subject, agent, code, state, sharing, present, node, visitor FROM session
WHERE conversation = $1 AND state <> 'ended';

-- name: Start
UPDATE session SET state = 'live', started_at = $2, present = $3 WHERE id = $1 AND state = 'offered';

-- name: Show
UPDATE session SET sharing = $2, present = $3 WHERE id = $1 AND state = 'live';

-- name: Visit
UPDATE session SET visitor = $2, present = $3 WHERE id = $1 AND state = 'live';

-- name: End
UPDATE session SET state = 'ended', ended_at = $2, ended_by = $3, sharing = 'none', present = '{}', visitor = NULL
WHERE id = $1 AND state <> 'ended';

-- name: Note
INSERT INTO session_event (session, subject, at, kind, by, detail) VALUES ($1, $2, $3, $4, $5, $6);

-- Sessions whose last word the conversation has not heard: ours, or of a node
-- that no longer beats. Of one opened for a request the request's words tell.
-- name: Unreported
SELECT s.id, s.conversation, s.subject, s.state, s.started_at IS NOT NULL AS begun, s.ended_by FROM session s
WHERE s.request IS NULL AND s.reported <> 'ended' AND s.state <> 'offered' AND (s.state = 'ended' OR s.reported = '')
  AND (s.node = $1 OR NOT EXISTS (SELECT FROM node n WHERE n.id = s.node AND n.beat_at > clock_timestamp() - interval '10 seconds'))
ORDER BY s.offered_at LIMIT 100;

-- name: Reported
UPDATE session SET reported = $2 WHERE id = $1;

-- Sessions of nodes that have gone can't go on: their packets went there.
-- name: Orphans
UPDATE session SET state = 'ended', ended_at = $2, ended_by = 'node', sharing = 'none', present = '{}', visitor = NULL
WHERE state <> 'ended' AND node <> $1
  AND NOT EXISTS (SELECT FROM node n WHERE n.id = session.node AND n.beat_at > clock_timestamp() - interval '10 seconds')
RETURNING id, conversation, subject, agent, code, state, sharing, present, node, visitor;

-- Open sessions whose conversation the agent no longer owns: handed back.
-- name: Disowned
SELECT s.id, s.conversation, s.subject, s.agent, s.code, s.state, s.sharing, s.present, s.node, s.visitor FROM session s JOIN conversation c ON c.id = s.conversation
WHERE s.state <> 'ended' AND s.node = $1 AND NOT (c.speaker = 'agent' AND c.agent = s.agent);

-- name: Events
SELECT kind, by, detail FROM session_event WHERE session = $1 ORDER BY id;
