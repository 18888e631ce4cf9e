-- +goose Up
-- The engine: nodes, conversations, inputs, turns, messages.

-- +goose StatementBegin
CREATE FUNCTION may_see(row_subject text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce(current_setting('pingdui.scope', true) = 'engine', false)
      OR coalesce(current_setting('pingdui.subject', true) = row_subject, false)
$$;
-- +goose StatementEnd

-- One row an incarnation of a node. A node is alive while its beat is fresh.
CREATE TABLE node (
  id           text PRIMARY KEY CHECK (id <> ''),
  http_addr    text NOT NULL,
  cluster_addr text NOT NULL,
  started_at   timestamptz NOT NULL,
  beat_at      timestamptz NOT NULL,
  draining     boolean NOT NULL DEFAULT false,
  release      text NOT NULL DEFAULT ''
);

-- Secrets the nodes share: the cluster's password, the keys of tickets and tokens.
CREATE TABLE installation_secret (
  name  text PRIMARY KEY,
  value bytea NOT NULL CHECK (length(value) BETWEEN 16 AND 4096)
);

-- Whom a conversation belongs to: a customer of the bank (c:…) or a signed device (d:…).
CREATE TABLE subject (
  id         text PRIMARY KEY CHECK (id ~ '^[cd]:[A-Za-z0-9_-]{1,64}$'),
  data_key   bytea NOT NULL CHECK (length(data_key) BETWEEN 28 AND 256), -- wrapped; destroying it erases what it sealed
  edition    text NOT NULL DEFAULT 'standard' CHECK (edition IN ('standard', 'elder')),
  locale     text NOT NULL DEFAULT 'zh' CHECK (locale IN ('zh', 'en')),
  muted      text[] NOT NULL DEFAULT '{}', -- kinds of opening need switched off
  created_at timestamptz NOT NULL
);

CREATE TABLE conversation (
  id         uuid PRIMARY KEY,
  subject    text NOT NULL REFERENCES subject (id),
  owner      text,
  epoch      bigint NOT NULL DEFAULT 0 CHECK (epoch >= 0),
  turn_seq   bigint NOT NULL DEFAULT 0 CHECK (turn_seq >= 0),
  last_seq   bigint NOT NULL DEFAULT 0 CHECK (last_seq >= 0),
  speaker    text NOT NULL DEFAULT 'bot' CHECK (speaker IN ('bot', 'queue', 'agent')),
  agent      text NOT NULL DEFAULT '' CHECK ((agent <> '') = (speaker = 'agent')),
  employee   text NOT NULL DEFAULT 'xiaoan',
  locale     text NOT NULL DEFAULT 'zh' CHECK (locale IN ('zh', 'en')),
  edition    text NOT NULL DEFAULT 'standard' CHECK (edition IN ('standard', 'elder')),
  device     text NOT NULL DEFAULT '',
  state      bytea NOT NULL DEFAULT '', -- sealed
  wake_at    timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX conversation_subject ON conversation (subject, updated_at DESC);
CREATE INDEX conversation_owner ON conversation (owner) WHERE owner IS NOT NULL;
CREATE INDEX conversation_wake ON conversation (wake_at) WHERE wake_at IS NOT NULL;

-- Everything that ever entered a conversation. Answered exactly when a turn took it.
CREATE TABLE input (
  conversation uuid NOT NULL REFERENCES conversation (id),
  id           text NOT NULL CHECK (length(id) BETWEEN 1 AND 128),
  subject      text NOT NULL,
  arrival      bigint GENERATED ALWAYS AS IDENTITY,
  kind         text NOT NULL,
  body_hash    bytea NOT NULL CHECK (length(body_hash) = 32),
  body         bytea NOT NULL, -- sealed
  answered     bigint, -- the turn that took it
  attempts     integer NOT NULL DEFAULT 0,
  received_at  timestamptz NOT NULL,
  PRIMARY KEY (conversation, id)
);
CREATE INDEX input_unanswered ON input (conversation, arrival) WHERE answered IS NULL;

CREATE TABLE turn (
  conversation uuid NOT NULL REFERENCES conversation (id),
  seq          bigint NOT NULL CHECK (seq > 0),
  subject      text NOT NULL,
  input        text NOT NULL,
  first_seq    bigint NOT NULL,
  last_seq     bigint NOT NULL CHECK (last_seq >= first_seq - 1),
  record       bytea NOT NULL, -- sealed: what decided, for replay
  notes        jsonb NOT NULL DEFAULT '[]',
  release      text NOT NULL DEFAULT '',
  employee     text NOT NULL DEFAULT '',
  started_at   timestamptz NOT NULL,
  took_us      bigint NOT NULL CHECK (took_us >= 0),
  PRIMARY KEY (conversation, seq),
  UNIQUE (conversation, input)
);

CREATE TABLE message (
  conversation uuid NOT NULL REFERENCES conversation (id),
  seq          bigint NOT NULL CHECK (seq > 0),
  subject      text NOT NULL,
  turn         bigint NOT NULL,
  input        text NOT NULL, -- the input that said it or caused it
  author       text NOT NULL CHECK (author IN ('customer', 'bot', 'agent', 'system')),
  author_id    text NOT NULL DEFAULT '',
  body         bytea NOT NULL, -- sealed
  masked       text NOT NULL,  -- for consoles, search and analytics
  created_at   timestamptz NOT NULL,
  PRIMARY KEY (conversation, seq)
);

-- One irreversible action. The row's id is the key the bank sees.
CREATE TABLE action (
  id           uuid PRIMARY KEY,
  conversation uuid NOT NULL REFERENCES conversation (id),
  subject      text NOT NULL,
  instance     text NOT NULL,
  step         text NOT NULL,
  visit        integer NOT NULL,
  operation    text NOT NULL,
  args         bytea NOT NULL, -- sealed
  status       text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'running', 'done', 'refused', 'unknown')),
  result       bytea,          -- sealed; set exactly when the state is final
  lease_owner  text,
  lease_until  timestamptz,
  attempts     integer NOT NULL DEFAULT 0,
  next_at      timestamptz NOT NULL,
  reported     boolean NOT NULL DEFAULT false, -- its outcome has become an input
  created_at   timestamptz NOT NULL,
  finished_at  timestamptz,
  UNIQUE (conversation, instance, step, visit),
  CHECK ((finished_at IS NOT NULL) = (status IN ('done', 'refused'))),
  CHECK ((result IS NOT NULL) = (status IN ('done', 'refused')))
);
CREATE INDEX action_due ON action (next_at) WHERE NOT reported;

-- What the turn promised to others: handoff requests, session requests, notes.
CREATE TABLE outbox (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  conversation uuid NOT NULL REFERENCES conversation (id),
  subject      text NOT NULL,
  kind         text NOT NULL,
  body         jsonb NOT NULL,
  created_at   timestamptz NOT NULL,
  taken_at     timestamptz
);
CREATE INDEX outbox_open ON outbox (id) WHERE taken_at IS NULL;

-- Who did what: insert only.
CREATE TABLE audit (
  id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at     timestamptz NOT NULL,
  actor  text NOT NULL,
  action text NOT NULL,
  object text NOT NULL,
  detail jsonb NOT NULL DEFAULT '{}'
);
REVOKE UPDATE, DELETE ON audit FROM pingdui_app;

ALTER TABLE subject ENABLE ROW LEVEL SECURITY;
ALTER TABLE conversation ENABLE ROW LEVEL SECURITY;
ALTER TABLE input ENABLE ROW LEVEL SECURITY;
ALTER TABLE turn ENABLE ROW LEVEL SECURITY;
ALTER TABLE message ENABLE ROW LEVEL SECURITY;
ALTER TABLE action ENABLE ROW LEVEL SECURITY;
ALTER TABLE outbox ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON subject USING (may_see(id)) WITH CHECK (may_see(id));
CREATE POLICY own ON conversation USING (may_see(subject)) WITH CHECK (may_see(subject));
CREATE POLICY own ON input USING (may_see(subject)) WITH CHECK (may_see(subject));
CREATE POLICY own ON turn USING (may_see(subject)) WITH CHECK (may_see(subject));
CREATE POLICY own ON message USING (may_see(subject)) WITH CHECK (may_see(subject));
CREATE POLICY own ON action USING (may_see(subject)) WITH CHECK (may_see(subject));
CREATE POLICY own ON outbox USING (may_see(subject)) WITH CHECK (may_see(subject));

-- +goose Down
SELECT 1;
