-- What flows asked of members of staff, and what they took back. Rows of one
-- conversation are taken in their order.
-- name: OpenAsked
SELECT o.id, o.conversation, o.subject, o.kind, o.body, o.created_at FROM outbox o
WHERE o.taken_at IS NULL AND (o.kind = 'session_cancel' OR o.kind = 'session' AND o.body->>'kind' IN ('session', 'review')) AND NOT EXISTS (
  SELECT FROM outbox p WHERE p.conversation = o.conversation AND p.id < o.id AND p.taken_at IS NULL
    AND (p.kind = 'session_cancel' OR p.kind = 'session' AND p.body->>'kind' IN ('session', 'review')))
ORDER BY o.id LIMIT 50 FOR UPDATE OF o SKIP LOCKED;

-- name: TakeAsked
UPDATE outbox SET taken_at = $2 WHERE id = $1 AND taken_at IS NULL;

-- name: AddRequest
INSERT INTO session_request (id, conversation, subject, ref, instance, kind, flow, title, role, medium, queue, barred, since)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (conversation, ref) DO NOTHING;

-- name: AddItem
INSERT INTO session_item (request, item, n, subject, zh, en, optional) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING;

-- name: WithdrawRequest
UPDATE session_request SET state = 'withdrawn', ended_at = $3
WHERE conversation = $1 AND ref = $2 AND state IN ('waiting', 'taken');

-- Sessions whose customer an agent has just accepted.
-- name: Accepted
SELECT q.id, c.agent AS who FROM session_request q JOIN conversation c ON c.id = q.conversation
WHERE q.kind = 'session' AND (q.state = 'waiting' OR q.state = 'taken' AND q.agent <> c.agent) AND c.speaker = 'agent' AND c.agent <> '' LIMIT 100;

-- Sessions whose conversation is nobody's any more, and reviews nobody goes on with.
-- name: Left
SELECT q.id, c.speaker AS who FROM session_request q JOIN conversation c ON c.id = q.conversation
WHERE q.state = 'taken' AND (q.kind = 'session' AND c.speaker <> 'agent' OR q.kind = 'review' AND q.touched_at < $1) LIMIT 100;

-- name: LockRequest
SELECT id, conversation, subject, ref, instance, kind, flow, title, role, medium, queue, barred, state, agent, showing, outcome, reason,
  since, taken_at, touched_at, lost_at, words FROM session_request WHERE id = $1 FOR UPDATE;

-- name: PutRequest
UPDATE session_request SET state = $2, agent = $3, showing = $4, outcome = $5, reason = $6, taken_at = $7, touched_at = $8, lost_at = $9,
  ended_at = $10, words = $11 WHERE id = $1;

-- name: AddWord
INSERT INTO session_word (request, n, conversation, subject, body, agent) VALUES ($1, $2, $3, $4, $5, $6);

-- The next word of each request that its conversation may hear now.
-- name: Words
SELECT w.request, w.n, w.conversation, w.subject, w.body FROM session_word w JOIN conversation c ON c.id = w.conversation
WHERE w.told_at IS NULL AND NOT (w.agent <> '' AND c.speaker = 'agent' AND c.agent = w.agent)
  AND NOT EXISTS (SELECT FROM session_word v WHERE v.request = w.request AND v.n < w.n AND v.told_at IS NULL)
ORDER BY w.request, w.n LIMIT 100;

-- name: ToldWord
UPDATE session_word SET told_at = $3 WHERE request = $1 AND n = $2 AND told_at IS NULL;

-- name: Items
SELECT request, item, zh, en, optional, state, by, at, note, shown_at, answer, answered_at FROM session_item WHERE request = ANY ($1::uuid[]) ORDER BY request, n;

-- name: TickItem
UPDATE session_item SET state = $3, by = $4, at = $5, note = $6 WHERE request = $1 AND item = $2;

-- name: ShowItem
UPDATE session_item SET shown_at = $3, answer = '', answered_at = NULL WHERE request = $1 AND item = $2;

-- name: AnswerItem
UPDATE session_item SET answer = $3, answered_at = $4 WHERE request = $1 AND item = $2;

-- Who handled the same run of the flow before.
-- name: Handled
SELECT agent FROM session_request WHERE conversation = $1 AND instance = $2 AND id <> $3 AND agent <> '';

-- name: HasBeenLive
SELECT count(*) FROM session WHERE request = $1 AND started_at IS NOT NULL;

-- name: OwnsRequest
SELECT count(*) FROM conversation WHERE id = $1 AND speaker = 'agent' AND agent = $2;

-- Reviews that wait or are being worked on, the oldest first.
-- name: Board
SELECT id, conversation, subject, ref, instance, kind, flow, title, role, medium, queue, barred, state, agent, showing, outcome, reason,
  since, taken_at, touched_at, lost_at, words FROM session_request
WHERE kind = 'review' AND state IN ('waiting', 'taken') ORDER BY since, id LIMIT 200;

-- What a member of staff works on in a conversation, or has just decided there.
-- name: RequestOf
SELECT q.id, q.conversation, q.subject, q.ref, q.instance, q.kind, q.flow, q.title, q.role, q.medium, q.queue, q.barred, q.state, q.agent,
  q.showing, q.outcome, q.reason, q.since, q.taken_at, q.touched_at, q.lost_at, q.words
FROM session_request q JOIN conversation c ON c.id = q.conversation
WHERE q.conversation = $1 AND (q.kind = 'review' AND q.state = 'taken' AND q.agent = $2
  OR q.kind = 'session' AND c.speaker = 'agent' AND c.agent = $2 AND (q.state IN ('waiting', 'taken') OR q.state = 'ended' AND q.agent = $2 AND q.ended_at > clock_timestamp() - interval '1 minute'))
ORDER BY (q.state = 'ended'), q.since DESC LIMIT 1;

-- name: Before
SELECT role, agent, outcome, reason, ended_at FROM session_request
WHERE conversation = $1 AND instance = $2 AND id <> $3 AND state = 'ended' ORDER BY ended_at;

-- name: OpenRequestOf
SELECT count(*) FROM session_request WHERE conversation = $1 AND state IN ('waiting', 'taken');

-- name: Audit
INSERT INTO audit (at, actor, action, object, detail) VALUES ($1, $2, $3, $4, $5);
