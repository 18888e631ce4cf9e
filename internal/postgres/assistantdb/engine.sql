-- name: EnsureSubject
INSERT INTO subject (id, data_key, created_at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING;

-- name: SubjectKey
SELECT data_key FROM subject WHERE id = $1;

-- name: SubjectPreferences
SELECT locale, edition, muted FROM subject WHERE id = $1;

-- name: MuteNeed
UPDATE subject SET muted = array_append(muted, $2) WHERE id = $1 AND NOT $2 = ANY (muted);

-- name: CreateConversation
INSERT INTO conversation (id, subject, employee, locale, edition, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $6);

-- name: LatestConversation
SELECT id FROM conversation WHERE subject = $1 ORDER BY updated_at DESC LIMIT 1;

-- name: ConversationSubject
SELECT subject FROM conversation WHERE id = $1;

-- Takes a conversation nobody alive owns, or our own, and reads it whole.
-- A node is alive while its beat is at most $4 seconds old by the database's clock.
-- name: Claim
WITH taken AS (
  UPDATE conversation c SET owner = $2, epoch = CASE WHEN c.owner = $2 THEN c.epoch ELSE c.epoch + 1 END
  WHERE c.id = $1 AND (c.owner IS NULL OR c.owner = $2 OR NOT EXISTS (
    SELECT FROM node n WHERE n.id = c.owner AND n.beat_at > clock_timestamp() - make_interval(secs => $3)))
  RETURNING c.*
)
SELECT id, subject, owner, epoch, turn_seq, last_seq, speaker, agent, employee, locale, edition, device, state, wake_at, updated_at, true AS mine FROM taken
UNION ALL
SELECT id, subject, coalesce(owner, ''), epoch, turn_seq, last_seq, speaker, agent, employee, locale, edition, device, state, wake_at, updated_at, false
FROM conversation WHERE id = $1 AND NOT EXISTS (SELECT FROM taken);

-- name: Release
UPDATE conversation SET owner = NULL WHERE id = $1 AND owner = $2 AND epoch = $3;

-- name: ReleaseAll
UPDATE conversation SET owner = NULL WHERE owner = $1;

-- name: ReadConversation
SELECT id, subject, coalesce(owner, '') AS owner, epoch, turn_seq, last_seq, speaker, agent, employee, locale, edition, device, state, wake_at, updated_at, false AS mine
FROM conversation WHERE id = $1;

-- At most $8 inputs may wait; 0 is however many.
-- name: StoreInput
INSERT INTO input (conversation, id, subject, kind, body_hash, body, received_at)
SELECT $1, $2, $3, $4, $5, $6, $7
WHERE $8::int = 0 OR (SELECT count(*) FROM input w WHERE w.conversation = $1 AND w.answered IS NULL) < $8
ON CONFLICT (conversation, id) DO NOTHING;

-- name: ReadInput
SELECT i.body_hash, coalesce(i.answered, 0) AS answered, coalesce(t.first_seq, 0) AS first_seq, coalesce(t.last_seq, 0) AS last_seq
FROM input i LEFT JOIN turn t ON t.conversation = i.conversation AND t.seq = i.answered
WHERE i.conversation = $1 AND i.id = $2;

-- name: Unanswered
SELECT id, kind, body_hash, body, attempts FROM input
WHERE conversation = $1 AND answered IS NULL ORDER BY arrival LIMIT 200;

-- name: CountAttempt
UPDATE input SET attempts = attempts + 1 WHERE conversation = $1 AND id = $2 AND answered IS NULL RETURNING attempts;

-- Conversations with unanswered inputs that this node owns or nobody alive owns.
-- name: Stranded
SELECT DISTINCT i.conversation FROM input i JOIN conversation c ON c.id = i.conversation
WHERE i.answered IS NULL AND (c.owner = $1 OR c.owner IS NULL OR NOT EXISTS (
  SELECT FROM node n WHERE n.id = c.owner AND n.beat_at > clock_timestamp() - make_interval(secs => $2)))
LIMIT 500;

-- name: DueWakes
SELECT c.id, c.wake_at FROM conversation c
WHERE c.wake_at <= $3 AND (c.owner = $1 OR c.owner IS NULL OR NOT EXISTS (
  SELECT FROM node n WHERE n.id = c.owner AND n.beat_at > clock_timestamp() - make_interval(secs => $2)))
ORDER BY c.wake_at LIMIT 500;

-- The fast path: the input, what it caused and the new state, or nothing at all.
-- What another node has stored and acknowledged meanwhile came before it.
-- name: CommitFast
WITH g AS (
  UPDATE conversation SET turn_seq = turn_seq + 1, last_seq = last_seq + $5, state = $6, speaker = $7, agent = $8,
    employee = $9, locale = $10, edition = $11, device = $12, wake_at = $13, updated_at = $14
  WHERE id = $1 AND owner = $2 AND epoch = $3 AND turn_seq = $4
    AND NOT EXISTS (SELECT FROM input e WHERE e.conversation = $1 AND e.answered IS NULL)
  RETURNING id, subject, turn_seq, last_seq
), i AS (
  INSERT INTO input (conversation, id, subject, kind, body_hash, body, answered, received_at)
  SELECT g.id, $15, g.subject, $16, $17, $18, g.turn_seq, $14 FROM g
), t AS (
  INSERT INTO turn (conversation, seq, subject, input, first_seq, last_seq, record, notes, release, employee, started_at, took_us)
  SELECT g.id, g.turn_seq, g.subject, $15, g.last_seq - $5 + 1, g.last_seq, $19, $20, $21, $9, $22, $23 FROM g
), m AS (
  INSERT INTO message (conversation, seq, subject, turn, input, author, author_id, body, masked, created_at)
  SELECT g.id, g.last_seq - $5 + x.n, g.subject, g.turn_seq, $15, x.author, x.author_id, x.body, x.masked, $14
  FROM g, unnest($24::text[], $25::text[], $26::bytea[], $27::text[]) WITH ORDINALITY AS x (author, author_id, body, masked, n)
), a AS (
  INSERT INTO action (id, conversation, subject, instance, step, visit, operation, args, next_at, created_at)
  SELECT x.id, g.id, g.subject, x.instance, x.step, x.visit, x.operation, x.args, $14, $14
  FROM g, unnest($28::uuid[], $29::text[], $30::text[], $31::int[], $32::text[], $33::bytea[]) AS x (id, instance, step, visit, operation, args)
), o AS (
  INSERT INTO outbox (conversation, subject, kind, body, created_at)
  SELECT g.id, g.subject, x.kind, x.body::jsonb, $14 FROM g, unnest($34::text[], $35::text[]) AS x (kind, body)
), p AS (
  UPDATE subject SET locale = CASE WHEN $36 IN ('zh', 'en') THEN $36 ELSE subject.locale END,
    edition = CASE WHEN $37 IN ('standard', 'elder') THEN $37 ELSE subject.edition END
  FROM g WHERE subject.id = g.subject AND ($36::text <> '' OR $37::text <> '')
)
SELECT turn_seq, last_seq FROM g;

-- The slow path: the input stands already; it is marked in the same statement.
-- name: CommitSlow
WITH g AS (
  UPDATE conversation SET turn_seq = turn_seq + 1, last_seq = last_seq + $5, state = $6, speaker = $7, agent = $8,
    employee = $9, locale = $10, edition = $11, device = $12, wake_at = $13, updated_at = $14
  WHERE id = $1 AND owner = $2 AND epoch = $3 AND turn_seq = $4
    AND NOT EXISTS (SELECT FROM input e WHERE e.conversation = $1 AND e.answered IS NULL AND e.arrival < (
      SELECT o.arrival FROM input o WHERE o.conversation = $1 AND o.id = $15))
  RETURNING id, subject, turn_seq, last_seq
), i AS (
  UPDATE input SET answered = g.turn_seq FROM g WHERE input.conversation = g.id AND input.id = $15
    AND $16::text IS NOT NULL AND $17::bytea IS NOT NULL AND $18::bytea IS NOT NULL
), t AS (
  INSERT INTO turn (conversation, seq, subject, input, first_seq, last_seq, record, notes, release, employee, started_at, took_us)
  SELECT g.id, g.turn_seq, g.subject, $15, g.last_seq - $5 + 1, g.last_seq, $19, $20, $21, $9, $22, $23 FROM g
), m AS (
  INSERT INTO message (conversation, seq, subject, turn, input, author, author_id, body, masked, created_at)
  SELECT g.id, g.last_seq - $5 + x.n, g.subject, g.turn_seq, $15, x.author, x.author_id, x.body, x.masked, $14
  FROM g, unnest($24::text[], $25::text[], $26::bytea[], $27::text[]) WITH ORDINALITY AS x (author, author_id, body, masked, n)
), a AS (
  INSERT INTO action (id, conversation, subject, instance, step, visit, operation, args, next_at, created_at)
  SELECT x.id, g.id, g.subject, x.instance, x.step, x.visit, x.operation, x.args, $14, $14
  FROM g, unnest($28::uuid[], $29::text[], $30::text[], $31::int[], $32::text[], $33::bytea[]) AS x (id, instance, step, visit, operation, args)
), o AS (
  INSERT INTO outbox (conversation, subject, kind, body, created_at)
  SELECT g.id, g.subject, x.kind, x.body::jsonb, $14 FROM g, unnest($34::text[], $35::text[]) AS x (kind, body)
), p AS (
  UPDATE subject SET locale = CASE WHEN $36 IN ('zh', 'en') THEN $36 ELSE subject.locale END,
    edition = CASE WHEN $37 IN ('standard', 'elder') THEN $37 ELSE subject.edition END
  FROM g WHERE subject.id = g.subject AND ($36::text <> '' OR $37::text <> '')
)
SELECT turn_seq, last_seq FROM g;

-- name: MessagesAfter
SELECT seq, turn, input, author, author_id, body, created_at FROM message
WHERE conversation = $1 AND seq > $2 ORDER BY seq LIMIT $3;

-- name: LastSeqs
SELECT id, last_seq FROM conversation WHERE id = ANY ($1::uuid[]);

-- name: Beat
INSERT INTO node (id, http_addr, cluster_addr, started_at, beat_at, release) VALUES ($1, $2, $3, $4, clock_timestamp(), $5)
ON CONFLICT (id) DO UPDATE SET beat_at = clock_timestamp(), release = excluded.release, draining = $6;

-- name: Nodes
SELECT id, http_addr, cluster_addr, release, beat_at > clock_timestamp() - make_interval(secs => $1) AS alive FROM node
WHERE beat_at > clock_timestamp() - interval '1 hour' ORDER BY started_at;

-- name: ForgetNode
DELETE FROM node WHERE id = $1;

-- name: LeaseActions
UPDATE action SET status = CASE WHEN status = 'pending' THEN 'running' ELSE status END,
  lease_owner = $1, lease_until = clock_timestamp() + make_interval(secs => $2), attempts = attempts + 1
WHERE id IN (
  SELECT id FROM action WHERE NOT reported AND next_at <= $3 AND (lease_until IS NULL OR lease_until < clock_timestamp())
  ORDER BY next_at LIMIT $4 FOR UPDATE SKIP LOCKED)
RETURNING id, conversation, subject, instance, step, visit, operation, args, status, result, attempts, created_at;

-- name: FinishAction
UPDATE action SET status = $2, result = $3, finished_at = $4 WHERE id = $1 AND status IN ('pending', 'running', 'unknown');

-- name: UnknownAction
UPDATE action SET status = 'unknown', next_at = $2, lease_until = NULL WHERE id = $1 AND status IN ('pending', 'running', 'unknown');

-- name: ReportAction
UPDATE action SET reported = true, lease_until = NULL WHERE id = $1 AND status IN ('done', 'refused');

-- name: ActionsOf
SELECT id, operation, status FROM action WHERE conversation = $1 ORDER BY created_at;

-- name: TakeOutbox
UPDATE outbox SET taken_at = $1 WHERE id IN (
  SELECT id FROM outbox WHERE taken_at IS NULL ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)
RETURNING id, conversation, subject, kind, body, created_at;

-- What a flow asked of the customer's camera, unless it was taken up or taken back.
-- name: RequestOf
SELECT o.id, o.conversation, o.subject, o.body, o.created_at FROM outbox o
WHERE o.conversation = $1 AND o.subject = $2 AND o.body->>'ref' = $3
  AND o.taken_at IS NULL AND o.kind = 'session' AND o.body->>'kind' = 'capture' AND NOT EXISTS (
  SELECT FROM outbox c WHERE c.conversation = o.conversation AND c.kind = 'session_cancel' AND c.body->>'ref' = o.body->>'ref');

-- name: TakeRequest
UPDATE outbox SET taken_at = $2 WHERE id = $1 AND kind = 'session' AND taken_at IS NULL;

-- name: TurnRecord
SELECT record, notes, release, employee, first_seq, last_seq, took_us FROM turn WHERE conversation = $1 AND seq = $2;
