-- +goose Up
-- The desk: who waits for a person, who is on duty, what conversations are told.

-- One request for a person. version grows with every change and guards the next.
CREATE TABLE handoff (
  id           uuid PRIMARY KEY,
  conversation uuid NOT NULL REFERENCES conversation (id),
  subject      text NOT NULL,
  queue        text NOT NULL CHECK (queue ~ '^[a-z][a-z0-9-]{0,31}$'),
  reason       text NOT NULL CHECK (length(reason) <= 2000), -- masked
  urgent       boolean NOT NULL DEFAULT false,
  edition      text NOT NULL,
  locale       text NOT NULL,
  employee     text NOT NULL,
  customer     text NOT NULL, -- masked name
  view         jsonb NOT NULL DEFAULT '{}', -- masked snapshot of flow, step and slots
  state        text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'ringing', 'accepted', 'handed_back', 'cancelled', 'closed')),
  agent        text NOT NULL DEFAULT '', -- who is rung, who owns, who handed back
  ring_until   timestamptz,
  attempts     integer NOT NULL DEFAULT 0 CHECK (attempts >= 0), -- rings so far
  tried        text[] NOT NULL DEFAULT '{}', -- who was rung in this round and did not take it
  place        integer NOT NULL DEFAULT 0 CHECK (place >= 0), -- last told; 0 is none yet
  wait_s       integer NOT NULL DEFAULT 0 CHECK (wait_s >= 0),
  told_at      timestamptz, -- when the place was told
  lost_at      timestamptz, -- its agent was lost: it waits at the head
  alone_since  timestamptz, -- nobody on duty since
  note         text NOT NULL DEFAULT '' CHECK (length(note) <= 8000),
  since        timestamptz NOT NULL,
  rung_at      timestamptz, -- start of the last ring
  accepted_at  timestamptz,
  ended_at     timestamptz,
  version      bigint NOT NULL DEFAULT 0,
  events       integer NOT NULL DEFAULT 0,
  CHECK ((agent <> '') >= (state IN ('ringing', 'accepted', 'handed_back'))),
  CHECK ((agent = '') >= (state = 'queued')),
  CHECK ((ring_until IS NOT NULL) = (state = 'ringing')),
  CHECK ((accepted_at IS NOT NULL) >= (state IN ('accepted', 'handed_back'))),
  CHECK ((ended_at IS NOT NULL) = (state IN ('handed_back', 'cancelled', 'closed')))
);
-- A conversation waits once and is owned once: the invariant of the desk.
CREATE UNIQUE INDEX handoff_one_open ON handoff (conversation) WHERE state IN ('queued', 'ringing', 'accepted');
CREATE INDEX handoff_open ON handoff (state, agent) WHERE state IN ('queued', 'ringing', 'accepted');
CREATE INDEX handoff_served ON handoff (queue, ended_at DESC) WHERE state = 'handed_back';

-- What a conversation is to be told, in order, once.
CREATE TABLE handoff_event (
  seq          bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  handoff      uuid NOT NULL REFERENCES handoff (id),
  n            integer NOT NULL CHECK (n > 0),
  conversation uuid NOT NULL,
  subject      text NOT NULL,
  state        text NOT NULL,
  body         jsonb NOT NULL,
  at           timestamptz NOT NULL,
  lease_until  timestamptz,
  told_at      timestamptz,
  PRIMARY KEY (handoff, n)
);
CREATE INDEX handoff_event_open ON handoff_event (conversation, seq) WHERE told_at IS NULL;

-- Who is on duty: a lease that the node with the agent's socket renews. How many
-- conversations an agent has is counted from handoff, so that it can't drift.
CREATE TABLE agent_presence (
  agent        text PRIMARY KEY CHECK (agent <> ''),
  node         text NOT NULL,
  connected    boolean NOT NULL,
  state        text NOT NULL CHECK (state IN ('ready', 'busy', 'away')),
  lease_until  timestamptz NOT NULL,
  capacity     integer NOT NULL CHECK (capacity BETWEEN 1 AND 20),
  name         text NOT NULL,
  number       text NOT NULL,
  certificate  text NOT NULL DEFAULT '',
  skills       text[] NOT NULL,
  languages    text[] NOT NULL,
  certificates jsonb NOT NULL DEFAULT '[]',
  customers    text[] NOT NULL DEFAULT '{}', -- whose own manager this is (subjects)
  idle_since   timestamptz NOT NULL
);
CREATE INDEX agent_presence_lease ON agent_presence (lease_until);

ALTER TABLE handoff ENABLE ROW LEVEL SECURITY;
ALTER TABLE handoff_event ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON handoff USING (may_see(subject)) WITH CHECK (may_see(subject));
CREATE POLICY own ON handoff_event USING (may_see(subject)) WITH CHECK (may_see(subject));

-- +goose Down
SELECT 1;
