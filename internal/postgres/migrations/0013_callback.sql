-- +goose Up
-- Call-backs: a request for a person that is due later. It is open like any other
-- and does not wait until it is due.

ALTER TABLE handoff
  ADD due_at timestamptz, -- booked for then; kept once it waits: it was promised
  DROP CONSTRAINT handoff_state_check,
  ADD CONSTRAINT handoff_state_check CHECK (state IN ('booked', 'queued', 'ringing', 'accepted', 'handed_back', 'cancelled', 'closed')),
  ADD CHECK ((due_at IS NOT NULL) >= (state = 'booked')),
  ADD CHECK ((agent = '') >= (state = 'booked'));

DROP INDEX handoff_one_open;
DROP INDEX handoff_open;
CREATE UNIQUE INDEX handoff_one_open ON handoff (conversation) WHERE state IN ('booked', 'queued', 'ringing', 'accepted');
CREATE INDEX handoff_open ON handoff (state, agent) WHERE state IN ('booked', 'queued', 'ringing', 'accepted');

-- +goose Down
SELECT 1;
