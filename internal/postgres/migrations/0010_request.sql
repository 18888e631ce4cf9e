-- +goose Up
-- What flows ask of members of staff: sessions and reviews, their check lists and
-- what the conversation is to hear of them.
CREATE TABLE session_request (
  id           uuid PRIMARY KEY,
  conversation uuid NOT NULL REFERENCES conversation (id),
  subject      text NOT NULL,
  ref          text NOT NULL, -- the demand of the flow it answers
  instance     text NOT NULL, -- of the running flow
  kind         text NOT NULL CHECK (kind IN ('session', 'review')),
  flow         text NOT NULL,
  title        text NOT NULL, -- masked
  role         text NOT NULL,
  medium       text NOT NULL,
  queue        text NOT NULL,
  barred       text[] NOT NULL DEFAULT '{}', -- members of staff who had a hand in it
  state        text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'taken', 'ended', 'withdrawn')),
  agent        text NOT NULL DEFAULT '',
  showing      text NOT NULL DEFAULT '', -- the item whose words the customer sees now
  outcome      text NOT NULL DEFAULT '' CHECK (outcome IN ('', 'passed', 'refused', 'unsafe', 'failed')),
  reason       text NOT NULL DEFAULT '' CHECK (length(reason) <= 2000),
  since        timestamptz NOT NULL,
  taken_at     timestamptz,
  touched_at   timestamptz, -- when whoever took it last did something
  lost_at      timestamptz, -- its conversation is nobody's since
  ended_at     timestamptz,
  words        integer NOT NULL DEFAULT 0,
  UNIQUE (conversation, ref),
  CHECK ((state = 'taken') <= (agent <> '' AND taken_at IS NOT NULL)),
  CHECK ((state IN ('ended', 'withdrawn')) = (ended_at IS NOT NULL)),
  CHECK ((state = 'ended') = (outcome <> ''))
);
-- A conversation waits for one member of staff at a time.
CREATE INDEX session_request_open ON session_request (conversation) WHERE state IN ('waiting', 'taken');

-- The check list, an item a row: who ticked it when, what the customer was shown
-- of it and answered.
CREATE TABLE session_item (
  request     uuid NOT NULL REFERENCES session_request (id),
  item        text NOT NULL,
  n           integer NOT NULL,
  subject     text NOT NULL,
  zh          text NOT NULL,
  en          text NOT NULL,
  optional    boolean NOT NULL DEFAULT false,
  state       text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'ok', 'no')),
  by          text NOT NULL DEFAULT '',
  at          timestamptz,
  note        text NOT NULL DEFAULT '' CHECK (length(note) <= 500),
  shown_at    timestamptz,
  answer      text NOT NULL DEFAULT '' CHECK (answer IN ('', 'yes', 'no')),
  answered_at timestamptz,
  PRIMARY KEY (request, item),
  CHECK ((state = 'open') = (at IS NULL)),
  CHECK ((answer = '') = (answered_at IS NULL))
);

-- What a conversation is to hear of a request, in order, once.
CREATE TABLE session_word (
  request      uuid NOT NULL REFERENCES session_request (id),
  n            integer NOT NULL,
  conversation uuid NOT NULL,
  subject      text NOT NULL,
  body         jsonb NOT NULL,
  -- agent, where it is not empty, must have left the conversation first: until
  -- then the customer talks to a person.
  agent        text NOT NULL DEFAULT '',
  told_at      timestamptz,
  PRIMARY KEY (request, n)
);
CREATE INDEX session_word_open ON session_word (request, n) WHERE told_at IS NULL;

-- The request a session was opened for; null where an agent offered it by themself.
ALTER TABLE session ADD COLUMN request uuid REFERENCES session_request (id);

ALTER TABLE session_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE session_item ENABLE ROW LEVEL SECURITY;
ALTER TABLE session_word ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON session_request USING (may_see(subject)) WITH CHECK (may_see(subject));
CREATE POLICY own ON session_item USING (may_see(subject)) WITH CHECK (may_see(subject));
CREATE POLICY own ON session_word USING (may_see(subject)) WITH CHECK (may_see(subject));

-- +goose Down
SELECT 1;
