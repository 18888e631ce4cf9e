-- +goose Up
-- Pictures and films that customers give where a flow asks for one, and what was
-- read off them. Picture and reading are sealed under the customer's own key:
-- destroying that erases them.
CREATE TABLE capture (
  id           uuid PRIMARY KEY,
  conversation uuid NOT NULL REFERENCES conversation (id),
  subject      text NOT NULL,
  ref          text NOT NULL, -- the demand of the flow it answers
  flow         text NOT NULL,
  title        text NOT NULL, -- masked
  kind         text NOT NULL CHECK (kind IN ('photo', 'document', 'video')),
  type         text NOT NULL CHECK (type IN ('image/jpeg', 'video/webm', 'video/mp4')),
  width        integer NOT NULL,
  height       integer NOT NULL,
  size         integer NOT NULL CHECK (size > 0),
  digest       bytea NOT NULL CHECK (length(digest) = 32), -- SHA-256 of what was sent
  picture      bytea NOT NULL,
  fields       text[] NOT NULL DEFAULT '{}', -- what is to be read off it
  reading      bytea,
  at           timestamptz NOT NULL,
  lease        timestamptz, -- until then a node reads it
  tries        integer NOT NULL DEFAULT 0,
  read_at      timestamptz,
  told_at      timestamptz, -- when the conversation heard of it
  UNIQUE (conversation, ref)
);
CREATE INDEX capture_open ON capture (at) WHERE told_at IS NULL;
ALTER TABLE capture ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON capture USING (may_see(subject)) WITH CHECK (may_see(subject));

-- +goose Down
SELECT 1;
