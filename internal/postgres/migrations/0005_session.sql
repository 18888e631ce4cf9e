-- +goose Up
-- Remote sessions: an agent beside the customer. A conversation has at most one
-- that has not ended.
CREATE TABLE session (
  id           uuid PRIMARY KEY,
  conversation uuid NOT NULL REFERENCES conversation (id),
  subject      text NOT NULL,
  agent        text NOT NULL CHECK (agent <> ''),
  code         text NOT NULL CHECK (code ~ '^[0-9]{4}$'), -- the 口令 both sides see
  state        text NOT NULL CHECK (state IN ('offered', 'live', 'ended')),
  sharing      text NOT NULL DEFAULT 'none' CHECK (sharing IN ('none', 'screen', 'camera')),
  present      text[] NOT NULL DEFAULT '{}', -- everyone who sees or hears, by name
  node         text NOT NULL,                -- where its packets go
  offered_at   timestamptz NOT NULL,
  started_at   timestamptz,
  ended_at     timestamptz,
  ended_by     text NOT NULL DEFAULT '',
  reported     text NOT NULL DEFAULT '' CHECK (reported IN ('', 'started', 'ended')), -- the last word the conversation has heard
  CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
  CHECK (state <> 'live' OR started_at IS NOT NULL),
  CHECK (state <> 'ended' OR sharing = 'none')
);
CREATE UNIQUE INDEX session_open ON session (conversation) WHERE state <> 'ended';
CREATE INDEX session_unreported ON session (node) WHERE reported <> 'ended';

-- Who did what in a session: insert only.
CREATE TABLE session_event (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  session uuid NOT NULL REFERENCES session (id),
  subject text NOT NULL,
  at      timestamptz NOT NULL,
  kind    text NOT NULL CHECK (length(kind) BETWEEN 1 AND 40),
  by      text NOT NULL,
  detail  jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX session_event_session ON session_event (session, id);
REVOKE UPDATE, DELETE ON session_event FROM pingdui_app;

ALTER TABLE session ENABLE ROW LEVEL SECURITY;
ALTER TABLE session_event ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON session USING (may_see(subject)) WITH CHECK (may_see(subject));
CREATE POLICY own ON session_event USING (may_see(subject)) WITH CHECK (may_see(subject));

-- +goose Down
SELECT 1;
