-- +goose Up
-- The supervisors' wall: what 接通率 is counted from, and alarms.

-- When and where a request was answered for the first time: accepted_at is written
-- anew by a transfer. called_back is a request that waits by appointment.
ALTER TABLE handoff
  ADD answered_at    timestamptz,
  ADD answered_queue text,
  ADD called_back    boolean NOT NULL DEFAULT false;
UPDATE handoff SET answered_at = accepted_at, answered_queue = CASE WHEN accepted_at IS NOT NULL THEN queue END, called_back = due_at IS NOT NULL
WHERE accepted_at IS NOT NULL OR due_at IS NOT NULL;

-- +goose StatementBegin
CREATE FUNCTION note_answer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state = 'accepted' AND NEW.answered_at IS NULL THEN
    NEW.answered_at := NEW.accepted_at;
    NEW.answered_queue := NEW.queue;
  END IF;
  IF NEW.due_at IS NOT NULL THEN
    NEW.called_back := true;
  ELSIF NEW.state = 'queued' AND TG_OP = 'UPDATE' AND OLD.state = 'booked' THEN
    NEW.called_back := false; -- asked for a person now after all
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER note_answer BEFORE INSERT OR UPDATE ON handoff FOR EACH ROW EXECUTE FUNCTION note_answer();
CREATE INDEX handoff_since ON handoff (since);

-- When a supervisor is told; a queue's own row goes before the one of all queues ('').
CREATE TABLE alarm_rule (
  kind      text NOT NULL CHECK (kind IN ('wait', 'rate', 'nobody', 'silent')),
  queue     text NOT NULL DEFAULT '',
  enabled   boolean NOT NULL,
  threshold integer NOT NULL CHECK (threshold BETWEEN 0 AND 86400), -- seconds; rate: percent; nobody: 0
  set_by    text NOT NULL DEFAULT '',
  set_at    timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (kind, queue),
  CHECK (kind <> 'rate' OR threshold <= 100)
);
INSERT INTO alarm_rule (kind, enabled, threshold) VALUES ('wait', true, 60), ('rate', true, 80), ('nobody', true, 0), ('silent', true, 90);

-- What was wrong, since when, and who has seen it. One is open for one thing.
CREATE TABLE alarm (
  id        uuid PRIMARY KEY,
  kind      text NOT NULL,
  queue     text NOT NULL,
  object    text NOT NULL, -- the queue, or a handoff's id
  agent     text NOT NULL DEFAULT '',
  threshold integer NOT NULL,
  value     integer NOT NULL, -- as it was at the last look
  raised_at timestamptz NOT NULL,
  ended_at  timestamptz,
  acked_by  text NOT NULL DEFAULT '',
  acked_at  timestamptz,
  CHECK ((acked_by <> '') = (acked_at IS NOT NULL))
);
CREATE UNIQUE INDEX alarm_open ON alarm (kind, object) WHERE ended_at IS NULL;

-- +goose Down
SELECT 1;
