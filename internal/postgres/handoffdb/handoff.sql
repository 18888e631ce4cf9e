-- Rows of one conversation are taken in their order: a row waits while an
-- earlier one of its conversation is not taken, whichever node holds that.
-- name: OpenOutbox
SELECT o.id, o.conversation, o.subject, o.kind, o.body, o.created_at FROM outbox o
WHERE o.taken_at IS NULL AND o.kind IN ('handoff', 'handoff_cancel') AND NOT EXISTS (
  SELECT FROM outbox p WHERE p.conversation = o.conversation AND p.id < o.id AND p.taken_at IS NULL AND p.kind IN ('handoff', 'handoff_cancel'))
ORDER BY o.id LIMIT $1 FOR UPDATE OF o SKIP LOCKED;

-- name: OutboxWaits
SELECT EXISTS (SELECT FROM outbox WHERE taken_at IS NULL AND kind IN ('handoff', 'handoff_cancel'));

-- name: TakeOutbox
UPDATE outbox SET taken_at = $2 WHERE id = $1 AND taken_at IS NULL;

-- name: Enqueue
INSERT INTO handoff (id, conversation, subject, queue, reason, urgent, edition, locale, employee, customer, view, since, needs, state, due_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
ON CONFLICT (conversation) WHERE state IN ('booked', 'queued', 'ringing', 'accepted') DO NOTHING;

-- A second request while one is open makes that one more urgent, never two of
-- it; the conversation has forgotten its place and is told it again. One for a
-- later time ($7) books it, whoever is rung; one for now ends the booking. Who has
-- an agent keeps the agent.
-- name: Merge
UPDATE handoff SET urgent = urgent OR $2, reason = $4, view = $5, version = version + 1,
  queue = CASE WHEN state = 'booked' OR state = 'queued' AND ($2 OR $7::timestamptz IS NOT NULL) THEN $3 ELSE queue END,
  place = CASE WHEN state = 'accepted' THEN place ELSE 0 END,
  told_at = CASE WHEN state <> 'accepted' AND (state = 'booked' OR $7 IS NOT NULL) THEN NULL ELSE told_at END,
  since = CASE WHEN state = 'booked' AND $7 IS NULL THEN $8 ELSE since END,
  due_at = CASE WHEN state = 'accepted' THEN due_at WHEN $7 IS NULL AND state <> 'booked' THEN due_at ELSE $7 END,
  state = CASE WHEN state = 'accepted' THEN state WHEN $7 IS NOT NULL THEN 'booked' WHEN state = 'booked' THEN 'queued' ELSE state END,
  agent = CASE WHEN $7 IS NOT NULL AND state = 'ringing' THEN '' ELSE agent END,
  ring_until = CASE WHEN $7 IS NULL THEN ring_until END,
  alone_since = CASE WHEN $7 IS NULL THEN alone_since END,
  tried = CASE WHEN $7 IS NULL THEN tried ELSE '{}' END
WHERE conversation = $1 AND state IN ('booked', 'queued', 'ringing', 'accepted') AND id <> $6;

-- A handoff by its id, or a conversation's open one.
-- name: Lock
SELECT id, conversation, subject, queue, reason, urgent, edition, locale, employee, customer, view, state, agent, ring_until,
  attempts, tried, place, wait_s, told_at, lost_at, alone_since, note, since, rung_at, accepted_at, ended_at,
  needs, passed, guest, guest_until, held_at, codes, wrapped_at, due_at, version
FROM handoff WHERE id = $1 OR conversation = $1 AND state IN ('booked', 'queued', 'ringing', 'accepted') FOR UPDATE;

-- From the oldest transaction that is still open: what it wrote is not seen yet.
-- name: Xmin
SELECT pg_snapshot_xmin(pg_current_snapshot())::text;

-- name: Nodes
SELECT node, lease_until FROM desk_node WHERE lease_until > $1;

-- name: NewPresence
SELECT agent, node, connected, state, lease_until, wrap_until, capacity, name, number, certificate, skills, languages, certificates, customers, branch, home, idle_since
FROM agent_presence WHERE xact >= $1::text::xid8;

-- name: NewHandoffs
SELECT id, conversation, subject, queue, reason, urgent, edition, locale, employee, customer, view, state, agent, ring_until,
  attempts, tried, place, wait_s, told_at, lost_at, alone_since, note, since, rung_at, accepted_at, ended_at,
  needs, passed, guest, guest_until, held_at, codes, wrapped_at, due_at, version
FROM handoff WHERE xact >= $1::text::xid8 AND ($1 <> '0' OR state IN ('booked', 'queued', 'ringing', 'accepted'));

-- The one statement that changes a handoff: guarded by its version, it writes
-- what the conversation is to be told in the same breath.
-- name: Change
WITH h AS (
  UPDATE handoff SET state = $3, agent = $4, ring_until = $5, attempts = $6, tried = $7, place = $8, wait_s = $9, told_at = $10,
    lost_at = $11, alone_since = $12, note = $13, rung_at = $14, accepted_at = $15, ended_at = $16,
    needs = $20, passed = $21, guest = $22, guest_until = $23, held_at = $24, codes = $25, wrapped_at = $26, queue = $27, urgent = $28, since = $29, due_at = $30,
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
UPDATE handoff_event SET lease_until = $2 WHERE seq = ANY (ARRAY(
  SELECT e.seq FROM handoff_event e
  WHERE e.told_at IS NULL AND (e.lease_until IS NULL OR e.lease_until <= $1) AND NOT EXISTS (
    SELECT FROM handoff_event f WHERE f.conversation = e.conversation AND f.told_at IS NULL AND f.seq < e.seq)
  ORDER BY e.seq LIMIT $3 FOR UPDATE OF e SKIP LOCKED))
  AND told_at IS NULL
RETURNING handoff, n, conversation, subject, state, body;

-- name: Told
UPDATE handoff_event SET told_at = $3 WHERE handoff = $1 AND n = $2 AND told_at IS NULL;

-- name: Untell
UPDATE handoff_event SET lease_until = $3 WHERE handoff = $1 AND n = $2 AND told_at IS NULL;

-- Who acts on a customer, with what this agent has in hand.
-- name: LockSeat
SELECT p.name, p.number, p.certificate, p.capacity,
  ((SELECT count(*) FROM handoff h WHERE h.agent = p.agent AND h.state IN ('ringing', 'accepted')) +
   (SELECT count(*) FROM handoff h WHERE h.guest = p.agent AND h.guest <> ''))::int AS active
FROM agent_presence p WHERE p.agent = $1 AND on_duty(p, $2) FOR UPDATE OF p;

-- Whether the customer did something in the chat since: wrote, tapped, opened it.
-- name: Present
SELECT EXISTS (SELECT FROM input WHERE conversation = (SELECT conversation FROM handoff WHERE id = $1) AND received_at > $2 AND (kind IN ('message', 'secure', 'edit') OR id LIKE 'open:%'));

-- Somebody who comes back within the lease keeps the chosen state.
-- name: Join
INSERT INTO agent_presence AS p (agent, node, connected, state, lease_until, capacity, name, number, certificate, skills, languages, certificates, customers, idle_since, branch, home)
VALUES ($1, $2, true, 'away', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT (agent) DO UPDATE SET node = excluded.node, connected = true,
  state = CASE WHEN on_duty(p, $12) THEN p.state ELSE 'away' END,
  idle_since = CASE WHEN on_duty(p, $12) THEN p.idle_since ELSE $12 END,
  wrap_until = CASE WHEN on_duty(p, $12) THEN p.wrap_until END,
  lease_until = excluded.lease_until, capacity = excluded.capacity, name = excluded.name, number = excluded.number,
  certificate = excluded.certificate, skills = excluded.skills, languages = excluded.languages, certificates = excluded.certificates,
  customers = excluded.customers, branch = excluded.branch, home = excluded.home
RETURNING state;

-- One lease for all the agents with a socket at this node.
-- name: Renew
INSERT INTO desk_node (node, lease_until) VALUES ($1, $2)
ON CONFLICT (node) DO UPDATE SET lease_until = greatest(desk_node.lease_until, excluded.lease_until);

-- A node with another socket of the same agent takes over who is no longer held.
-- name: Adopt
UPDATE agent_presence p SET node = $2, connected = true
WHERE agent = ANY ($1::text[]) AND (NOT connected OR NOT on_duty(p, $3));

-- name: SetPresence
UPDATE agent_presence p SET state = $2, wrap_until = NULL, idle_since = CASE WHEN $2 = 'ready' AND (state <> 'ready' OR wrap_until > $3) THEN $3 ELSE idle_since END
WHERE agent = $1 AND on_duty(p, $3);

-- name: Disconnect
UPDATE agent_presence SET connected = false, lease_until = $3 WHERE agent = $1 AND node = $2;

-- name: Idle
UPDATE agent_presence SET idle_since = $2, wrap_until = coalesce($3, wrap_until) WHERE agent = $1;

-- name: EndWrapUp
UPDATE agent_presence SET wrap_until = NULL, idle_since = $2 WHERE agent = $1 AND wrap_until > $2;

-- How long the last conversations of each queue took their agents.
-- name: Pace
SELECT q.queue, count(*)::int AS samples, avg(extract(epoch FROM greatest(h.ended_at, coalesce(h.wrapped_at, h.ended_at)) - h.accepted_at))::float8 AS handle_s
FROM unnest($2::text[]) q (queue), LATERAL (
  SELECT accepted_at, ended_at, wrapped_at FROM handoff
  WHERE queue = q.queue AND state = 'handed_back' AND ended_at > $1 ORDER BY ended_at DESC LIMIT 100) h
GROUP BY q.queue;
