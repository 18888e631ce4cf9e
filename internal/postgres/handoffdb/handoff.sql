-- Rows of one conversation are taken in their order: a row waits while an
-- earlier one of its conversation is not taken, whichever node holds that.
-- name: OpenOutbox
SELECT o.id, o.conversation, o.subject, o.kind, o.body, o.created_at FROM outbox o
WHERE o.taken_at IS NULL AND o.kind IN ('handoff', 'handoff_cancel') AND NOT EXISTS (
  SELECT FROM outbox p WHERE p.conversation = o.conversation AND p.id < o.id AND p.taken_at IS NULL AND p.kind IN ('handoff', 'handoff_cancel'))
ORDER BY o.id LIMIT $1 FOR UPDATE OF o SKIP LOCKED;

-- name: TakeOutbox
UPDATE outbox SET taken_at = $2 WHERE id = $1 AND taken_at IS NULL;

-- name: Enqueue
INSERT INTO handoff (id, conversation, subject, queue, reason, urgent, edition, locale, employee, customer, view, since)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (conversation) WHERE state IN ('queued', 'ringing', 'accepted') DO NOTHING;

-- A second request while one is open makes that one more urgent, never two of
-- it; the conversation has forgotten its place and is told it again.
-- name: Merge
UPDATE handoff SET urgent = urgent OR $2, queue = CASE WHEN $2 AND state = 'queued' THEN $3 ELSE queue END,
  reason = $4, view = $5, place = CASE WHEN state = 'accepted' THEN place ELSE 0 END, version = version + 1
WHERE conversation = $1 AND state IN ('queued', 'ringing', 'accepted');

-- name: OpenOf
SELECT id, conversation, subject, queue, reason, urgent, edition, locale, employee, customer, view, state, agent, ring_until,
  attempts, tried, place, wait_s, told_at, lost_at, alone_since, note, since, rung_at, accepted_at, ended_at, version
FROM handoff WHERE conversation = $1 AND state IN ('queued', 'ringing', 'accepted') FOR UPDATE;

-- name: Lock
SELECT id, conversation, subject, queue, reason, urgent, edition, locale, employee, customer, view, state, agent, ring_until,
  attempts, tried, place, wait_s, told_at, lost_at, alone_since, note, since, rung_at, accepted_at, ended_at, version
FROM handoff WHERE id = $1 FOR UPDATE;

-- Everything a planner looks at: who waits, and who is owned by somebody gone.
-- name: Unsettled
SELECT h.id, h.conversation, h.subject, h.queue, h.reason, h.urgent, h.edition, h.locale, h.employee, h.customer, h.view, h.state, h.agent, h.ring_until,
  h.attempts, h.tried, h.place, h.wait_s, h.told_at, h.lost_at, h.alone_since, h.note, h.since, h.rung_at, h.accepted_at, h.ended_at, h.version
FROM handoff h LEFT JOIN agent_presence p ON p.agent = h.agent
WHERE h.state IN ('queued', 'ringing') OR h.state = 'accepted' AND (p.agent IS NULL OR p.lease_until <= $1);

-- name: OpenList
SELECT id, conversation, subject, queue, reason, urgent, edition, locale, employee, customer, view, state, agent, ring_until,
  attempts, tried, place, wait_s, told_at, lost_at, alone_since, note, since, rung_at, accepted_at, ended_at, version
FROM handoff WHERE state IN ('queued', 'ringing') OR state = 'accepted' AND agent = ANY ($1::text[])
ORDER BY (state = 'accepted') DESC, urgent DESC, (lost_at IS NULL), since, id LIMIT $2;

-- The one statement that changes a handoff: guarded by its version, it writes
-- what the conversation is to be told in the same breath.
-- name: Change
WITH h AS (
  UPDATE handoff SET state = $3, agent = $4, ring_until = $5, attempts = $6, tried = $7, place = $8, wait_s = $9, told_at = $10,
    lost_at = $11, alone_since = $12, note = $13, rung_at = $14, accepted_at = $15, ended_at = $16,
    version = version + 1, events = events + cardinality($17::text[])
  WHERE id = $1 AND version = $2
  RETURNING id, conversation, subject, events
), gone AS (
  -- a place that nobody has told yet is no longer worth telling
  UPDATE handoff_event e SET told_at = $19 FROM h
  WHERE e.handoff = h.id AND e.told_at IS NULL AND e.lease_until IS NULL AND e.state = 'queued' AND cardinality($17::text[]) > 0
), e AS (
  INSERT INTO handoff_event (handoff, n, conversation, subject, state, body, at)
  SELECT h.id, h.events - cardinality($17::text[]) + x.n, h.conversation, h.subject, x.state, x.body::jsonb, $19
  FROM h, unnest($17::text[], $18::text[]) WITH ORDINALITY AS x (state, body, n) ORDER BY x.n
)
SELECT count(*) FROM h;

-- The next thing to tell of each conversation, leased to this node.
-- name: LeaseEvents
UPDATE handoff_event SET lease_until = $2 WHERE (handoff, n) IN (
  SELECT e.handoff, e.n FROM handoff_event e
  WHERE e.told_at IS NULL AND (e.lease_until IS NULL OR e.lease_until <= $1) AND NOT EXISTS (
    SELECT FROM handoff_event f WHERE f.conversation = e.conversation AND f.told_at IS NULL AND f.seq < e.seq)
  ORDER BY e.seq LIMIT $3 FOR UPDATE OF e SKIP LOCKED)
  AND told_at IS NULL
RETURNING handoff, n, conversation, subject, state, body;

-- name: Told
UPDATE handoff_event SET told_at = $3 WHERE handoff = $1 AND n = $2 AND told_at IS NULL;

-- name: Untell
UPDATE handoff_event SET lease_until = $3 WHERE handoff = $1 AND n = $2 AND told_at IS NULL;

-- Everybody with a lease, with what each has in hand.
-- name: Seats
SELECT p.agent, p.connected, p.state, p.lease_until, p.capacity, p.name, p.number, p.certificate, p.skills, p.languages, p.certificates, p.customers, p.idle_since,
  coalesce(a.active, 0)::int AS active, coalesce(a.ringing, 0)::int AS ringing
FROM agent_presence p LEFT JOIN (
  SELECT agent, count(*) AS active, count(*) FILTER (WHERE state = 'ringing') AS ringing
  FROM handoff WHERE state IN ('ringing', 'accepted') GROUP BY agent) a ON a.agent = p.agent
WHERE p.lease_until > $1 ORDER BY p.agent;

-- name: LockSeat
SELECT p.agent, p.connected, p.state, p.lease_until, p.capacity, p.name, p.number, p.certificate, p.skills, p.languages, p.certificates, p.customers, p.idle_since,
  (SELECT count(*) FROM handoff h WHERE h.agent = p.agent AND h.state IN ('ringing', 'accepted'))::int AS active,
  (SELECT count(*) FROM handoff h WHERE h.agent = p.agent AND h.state = 'ringing')::int AS ringing
FROM agent_presence p WHERE p.agent = $1 AND p.lease_until > $2 FOR UPDATE OF p;

-- Somebody who comes back within the lease keeps the chosen state.
-- name: Join
INSERT INTO agent_presence (agent, node, connected, state, lease_until, capacity, name, number, certificate, skills, languages, certificates, customers, idle_since)
VALUES ($1, $2, true, 'away', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (agent) DO UPDATE SET node = excluded.node, connected = true,
  state = CASE WHEN agent_presence.lease_until > $12 THEN agent_presence.state ELSE 'away' END,
  idle_since = CASE WHEN agent_presence.lease_until > $12 THEN agent_presence.idle_since ELSE $12 END,
  lease_until = greatest(agent_presence.lease_until, excluded.lease_until), capacity = excluded.capacity, name = excluded.name, number = excluded.number,
  certificate = excluded.certificate, skills = excluded.skills, languages = excluded.languages, certificates = excluded.certificates,
  customers = excluded.customers
RETURNING state;

-- A lease is renewed by the node that holds it; a node with another socket of
-- the same agent takes it over once it is no longer held.
-- name: Renew
UPDATE agent_presence SET lease_until = $3, node = $2, connected = true
WHERE agent = ANY ($1::text[]) AND (node = $2 OR NOT connected OR lease_until <= $4);

-- name: SetPresence
UPDATE agent_presence SET state = $2, idle_since = CASE WHEN $2 = 'ready' AND state <> 'ready' THEN $3 ELSE idle_since END
WHERE agent = $1 AND lease_until > $3;

-- name: PresenceOf
SELECT agent, state FROM agent_presence WHERE agent = ANY ($1::text[]) AND lease_until > $2;

-- name: Disconnect
UPDATE agent_presence SET connected = false WHERE agent = $1 AND node = $2;

-- name: Idle
UPDATE agent_presence SET idle_since = $2 WHERE agent = $1;

-- name: OnDuty
SELECT count(*) FROM agent_presence WHERE lease_until > $1;

-- How long the last conversations of each queue took.
-- name: Pace
SELECT queue, count(*)::int AS samples, avg(extract(epoch FROM ended_at - accepted_at))::float8 AS handle_s FROM (
  SELECT queue, accepted_at, ended_at, row_number() OVER (PARTITION BY queue ORDER BY ended_at DESC) AS r
  FROM handoff WHERE state = 'handed_back' AND ended_at > $1) recent
WHERE r <= 20 GROUP BY queue;
