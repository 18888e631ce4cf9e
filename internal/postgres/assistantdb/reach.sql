-- How far people got in one flow, from what its turns noted. Times are those of
-- the turns; an instance without a word since @idle was given up.

-- name: FlowReach
WITH told AS (
  SELECT t.conversation, t.seq, t.started_at, n.place, n.note ->> 'Kind' AS kind, n.note ->> 'Step' AS step,
    n.note ->> 'Instance' AS instance, coalesce(n.note ->> 'Text', '') AS text
  FROM turn t CROSS JOIN jsonb_array_elements(t.notes) WITH ORDINALITY AS n (note, place)
  WHERE t.started_at >= @since AND t.notes @> jsonb_build_array(jsonb_build_object('Flow', @flow::text))
    AND n.note ->> 'Flow' = @flow AND n.note ->> 'Instance' <> ''
), visit AS (
  SELECT * FROM told WHERE kind = 'flow.step' AND text <> 'skipped'
), last AS (
  SELECT DISTINCT ON (conversation, instance) conversation, instance, step, started_at
  FROM visit ORDER BY conversation, instance, seq DESC, place DESC
), ended AS (
  SELECT DISTINCT ON (conversation, instance) conversation, instance, kind
  FROM told WHERE kind IN ('flow.finished', 'flow.cancelled') ORDER BY conversation, instance, seq DESC, place DESC
)
SELECT r.step, count(*)::int AS reached,
  count(*) FILTER (WHERE l.step = r.step AND e.kind = 'flow.cancelled')::int AS cancelled,
  count(*) FILTER (WHERE l.step = r.step AND e.kind IS NULL AND l.started_at < @idle)::int AS abandoned,
  count(*) FILTER (WHERE l.step = r.step AND e.kind IS NULL AND l.started_at >= @idle)::int AS waiting,
  count(*) FILTER (WHERE l.step = r.step AND e.kind = 'flow.finished')::int AS ended
FROM (SELECT DISTINCT conversation, instance, step FROM visit) r
JOIN last l USING (conversation, instance) LEFT JOIN ended e USING (conversation, instance)
GROUP BY r.step ORDER BY r.step;

-- How many instances went from one step to another, skipped steps included.
-- name: FlowWays
WITH visit AS (
  SELECT t.conversation, n.note ->> 'Instance' AS instance, n.note ->> 'Step' AS step, t.seq, n.place
  FROM turn t CROSS JOIN jsonb_array_elements(t.notes) WITH ORDINALITY AS n (note, place)
  WHERE t.started_at >= @since AND t.notes @> jsonb_build_array(jsonb_build_object('Flow', @flow::text))
    AND n.note ->> 'Flow' = @flow AND n.note ->> 'Kind' = 'flow.step'
), way AS (
  SELECT conversation, instance, step AS came, lead(step) OVER (PARTITION BY conversation, instance ORDER BY seq, place) AS went FROM visit
)
SELECT came, went, count(DISTINCT (conversation, instance))::int AS instances
FROM way WHERE went <> came GROUP BY came, went ORDER BY came, went;

-- How often each flow was begun, and how that ended.
-- name: FlowVolumes
WITH told AS (
  SELECT t.conversation, t.started_at, n.note ->> 'Flow' AS flow, n.note ->> 'Instance' AS instance, n.note ->> 'Kind' AS kind, n.note ->> 'Text' AS text
  FROM turn t CROSS JOIN jsonb_array_elements(t.notes) AS n (note)
  WHERE t.started_at >= @since AND n.note ->> 'Instance' <> ''
    AND n.note ->> 'Kind' IN ('flow.started', 'flow.step', 'flow.finished', 'flow.cancelled')
), run AS (
  SELECT flow, conversation, instance, max(started_at) AS last_at, bool_or(kind = 'flow.started') AS started,
    bool_or(kind = 'flow.finished' AND text = 'done') AS done, bool_or(kind = 'flow.finished' AND text <> 'done') AS otherwise, bool_or(kind = 'flow.cancelled') AS cancelled
  FROM told GROUP BY flow, conversation, instance
)
SELECT flow, count(*)::int AS started, count(*) FILTER (WHERE done)::int AS done, count(*) FILTER (WHERE otherwise AND NOT done)::int AS otherwise,
  count(*) FILTER (WHERE cancelled)::int AS cancelled,
  count(*) FILTER (WHERE NOT done AND NOT otherwise AND NOT cancelled AND last_at < @idle)::int AS abandoned,
  count(*) FILTER (WHERE NOT done AND NOT otherwise AND NOT cancelled AND last_at >= @idle)::int AS waiting
FROM run WHERE started GROUP BY flow ORDER BY flow;
