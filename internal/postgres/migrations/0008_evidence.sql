-- +goose Up
-- Recordings of remote sessions: a file a segment (docs/evidence-format.md).
CREATE TABLE evidence_segment (
  session     uuid NOT NULL REFERENCES session (id),
  segment     integer NOT NULL CHECK (segment BETWEEN 1 AND 1000),
  subject     text NOT NULL,
  node        text NOT NULL, -- who writes it, or recovers it
  file        text NOT NULL CHECK (file ~ '^[0-9a-f-]{36}-[0-9]{1,4}\.pdev$'),
  wrapped_key bytea CHECK (length(wrapped_key) BETWEEN 28 AND 256), -- the session's data key; NULL once it was destroyed
  state       text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'closed', 'crashed', 'damaged')),
  started_at  timestamptz NOT NULL,
  ended_at    timestamptz,
  frames      bigint NOT NULL DEFAULT 0 CHECK (frames >= 0), -- 0 when a crash took the count along
  bytes       bigint NOT NULL DEFAULT 0 CHECK (bytes >= 0),
  PRIMARY KEY (session, segment),
  CHECK ((state = 'running') = (ended_at IS NULL))
);
CREATE INDEX evidence_segment_running ON evidence_segment (node) WHERE state = 'running';

-- What each seal of a file says, stored in the same second: insert only, so that
-- who can change the file can't change this.
CREATE TABLE evidence_anchor (
  session uuid NOT NULL,
  segment integer NOT NULL,
  counter bigint NOT NULL CHECK (counter >= 0),
  subject text NOT NULL,
  state   text NOT NULL CHECK (state IN ('opened', 'running', 'closed', 'crashed')),
  at      timestamptz NOT NULL,
  hash    bytea NOT NULL CHECK (length(hash) = 32),
  key     bytea NOT NULL CHECK (length(key) = 8),
  PRIMARY KEY (session, segment, counter)
);
REVOKE UPDATE, DELETE ON evidence_anchor FROM pingdui_app;

ALTER TABLE evidence_segment ENABLE ROW LEVEL SECURITY;
ALTER TABLE evidence_anchor ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON evidence_segment USING (may_see(subject)) WITH CHECK (may_see(subject));
CREATE POLICY own ON evidence_anchor USING (may_see(subject)) WITH CHECK (may_see(subject));

-- +goose Down
SELECT 1;
