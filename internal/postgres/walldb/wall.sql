-- 接通率, by the queue that answered first, else the one it waits in. $1 is now, $2
-- the day's beginning, $3 half an hour ago. See assistant/wall/doc.go for what counts.
-- name: Answered
WITH h AS (
  SELECT coalesce(answered_queue, queue) AS queue, since, state, answered_at <= since + interval '20 seconds' AS in_time,
    coalesce(answered_at, ended_at, $1) > since + interval '20 seconds' AS late
  FROM handoff WHERE since >= least($2::timestamptz, $3::timestamptz) AND since <= $1 AND NOT called_back AND state <> 'booked')
SELECT queue,
  count(*) FILTER (WHERE since >= $2 AND (in_time OR late OR state = 'closed'))::int AS today_asked,
  count(*) FILTER (WHERE since >= $2 AND in_time)::int AS today_in_time,
  count(*) FILTER (WHERE since >= $3 AND (in_time OR late OR state = 'closed'))::int AS half_asked,
  count(*) FILTER (WHERE since >= $3 AND in_time)::int AS half_in_time
FROM h GROUP BY queue;

-- name: Open
SELECT queue, count(*) FILTER (WHERE state IN ('queued', 'ringing'))::int AS waiting,
  min(greatest(since, (passed->>'at')::timestamptz)) FILTER (WHERE state IN ('queued', 'ringing')) AS waits_since,
  count(*) FILTER (WHERE state = 'booked')::int AS booked,
  count(*) FILTER (WHERE state = 'booked' AND due_at <= $1::timestamptz + interval '30 minutes')::int AS due,
  count(*) FILTER (WHERE state = 'accepted')::int AS live
FROM handoff WHERE state IN ('booked', 'queued', 'ringing', 'accepted') GROUP BY queue;

-- name: Presences
SELECT CASE WHEN p.wrap_until > $1 THEN 'wrapup' ELSE p.state END AS presence, count(*)::int AS count
FROM agent_presence p LEFT JOIN desk_node n ON n.node = p.node
WHERE CASE WHEN p.connected THEN n.lease_until > $1 ELSE p.lease_until > $1 END GROUP BY 1;

-- A page of those on duty: by presence ($2), skill ($3), number or name ($4).
-- name: Agents
SELECT p.agent, p.name, p.number, CASE WHEN p.wrap_until > $1 THEN 'wrapup' ELSE p.state END AS presence, p.skills, p.capacity, p.home,
  p.idle_since, coalesce(h.serves, 0) AS serves, coalesce(h.queues, '{}') AS queues, h.longest
FROM agent_presence p LEFT JOIN desk_node n ON n.node = p.node
LEFT JOIN LATERAL (
  SELECT count(*)::int AS serves, array_agg(DISTINCT queue) AS queues, min(accepted_at) AS longest
  FROM handoff WHERE state = 'accepted' AND agent = p.agent) h ON true
WHERE CASE WHEN p.connected THEN n.lease_until > $1 ELSE p.lease_until > $1 END
  AND ($2 = '' OR CASE WHEN p.wrap_until > $1 THEN 'wrapup' ELSE p.state END = $2)
  AND ($3 = '' OR $3 = ANY (p.skills)) AND ($4 = '' OR p.number = $4 OR p.agent = $4 OR starts_with(p.name, $4))
  AND p.agent > $5
ORDER BY p.agent LIMIT $6;

-- A page of conversations with a person, the longest silent first. Silent is a
-- customer whose words since the agent's last, or since the acceptance, are not
-- answered.
-- name: Live
SELECT * FROM (
  SELECT h.id, h.conversation, h.queue, h.customer, h.agent, coalesce(p.name, '') AS name, coalesce(p.number, '') AS number, h.guest, h.accepted_at, h.held_at,
    coalesce(h.view->>'FlowTitle', '') AS flow, coalesce(h.view->>'StepTitle', '') AS step,
    s.id AS session, coalesce(s.code, '') AS code, coalesce(s.state, '') AS session_state,
    CASE WHEN spoke.seq IS NULL THEN h.accepted_at ELSE asked.at END AS silent_since
  FROM handoff h LEFT JOIN agent_presence p ON p.agent = h.agent
  LEFT JOIN session s ON s.conversation = h.conversation AND s.state <> 'ended'
  LEFT JOIN LATERAL (
    SELECT m.seq FROM message m WHERE m.conversation = h.conversation AND m.author = 'agent' AND m.created_at >= h.accepted_at
    ORDER BY m.seq DESC LIMIT 1) spoke ON true
  LEFT JOIN LATERAL (
    SELECT min(m.created_at) AS at FROM message m WHERE m.conversation = h.conversation AND m.seq > spoke.seq AND m.author = 'customer') asked ON true
  WHERE h.state = 'accepted' AND ($1 = '' OR h.queue = $1)) x
WHERE $2::timestamptz IS NULL OR silent_since <= $2
ORDER BY silent_since NULLS LAST, id LIMIT $3 OFFSET $4;

-- name: Rules
SELECT kind, queue, enabled, threshold, set_by, set_at FROM alarm_rule ORDER BY kind, queue;

-- name: SetRule
INSERT INTO alarm_rule (kind, queue, enabled, threshold, set_by, set_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (kind, queue) DO UPDATE SET enabled = excluded.enabled, threshold = excluded.threshold, set_by = excluded.set_by, set_at = excluded.set_at;

-- name: Raise
INSERT INTO alarm (id, kind, queue, object, agent, threshold, value, raised_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (kind, object) WHERE ended_at IS NULL DO UPDATE SET value = excluded.value, threshold = excluded.threshold, agent = excluded.agent;

-- What is no longer wrong: open, and not among kind ‖ object of $2.
-- name: Settle
UPDATE alarm SET ended_at = $1 WHERE ended_at IS NULL AND NOT (kind || ' ' || object = ANY ($2::text[]));

-- Open ones, the unseen first. Those of silent agents say whose customer it is.
-- name: Alarms
SELECT a.id, a.kind, a.queue, a.object, a.agent, coalesce(p.name, '') AS name, a.threshold, a.value, a.raised_at, a.acked_by, a.acked_at
FROM alarm a LEFT JOIN agent_presence p ON p.agent = a.agent WHERE a.ended_at IS NULL
ORDER BY a.acked_at IS NOT NULL, a.raised_at, a.id LIMIT $1;

-- name: Acknowledge
UPDATE alarm SET acked_by = $2, acked_at = $3 WHERE id = $1 AND ended_at IS NULL AND acked_at IS NULL;

-- name: AlarmThere
SELECT EXISTS (SELECT FROM alarm WHERE id = $1 AND ended_at IS NULL);
