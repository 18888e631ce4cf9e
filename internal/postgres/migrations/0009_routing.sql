-- +goose Up
-- Routing by more than a skill, and what agents do with a customer they have.

ALTER TABLE handoff
  ADD needs       jsonb NOT NULL DEFAULT '{}', -- what this request asks of who serves it
  ADD passed      jsonb,                       -- the last transfer: by whom, to whom, with which note
  ADD guest       text NOT NULL DEFAULT '',    -- a second agent, rung for or with the customer
  ADD guest_until timestamptz,                 -- rung until then; null once there
  ADD held_at     timestamptz,                 -- the customer was asked to hold on
  ADD codes       text[] NOT NULL DEFAULT '{}',-- what it was about, by the agent's wrap-up
  ADD wrapped_at  timestamptz,
  ADD CHECK (guest = '' OR state = 'accepted' AND guest <> agent),
  ADD CHECK ((guest <> '') >= (guest_until IS NOT NULL)),
  ADD CHECK ((held_at IS NULL) OR state = 'accepted');

-- Who is on duty while connected is known by the node's own lease, so that it is
-- one row that is renewed and not one an agent. lease_until of an agent counts
-- once its socket is cut.
CREATE TABLE desk_node (
  node        text PRIMARY KEY CHECK (node <> ''),
  lease_until timestamptz NOT NULL
);
ALTER TABLE agent_presence
  ADD branch     text NOT NULL DEFAULT '',
  ADD home       boolean NOT NULL DEFAULT false,
  ADD wrap_until timestamptz; -- in wrap-up until then, whatever state says

-- +goose StatementBegin
CREATE FUNCTION on_duty(p agent_presence, at timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN p.connected THEN EXISTS (SELECT FROM pingdui.desk_node n WHERE n.node = p.node AND n.lease_until > at) ELSE p.lease_until > at END
$$;
-- +goose StatementEnd

-- Which transaction changed a row last: a node reads what is new since the
-- oldest transaction that was still open when it last looked.
-- +goose StatementBegin
CREATE FUNCTION note_xact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.xact := pg_current_xact_id();
  RETURN NEW;
END $$;
-- +goose StatementEnd
ALTER TABLE handoff ADD xact xid8 NOT NULL DEFAULT pg_current_xact_id();
ALTER TABLE agent_presence ADD xact xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE TRIGGER note_xact BEFORE INSERT OR UPDATE ON handoff FOR EACH ROW EXECUTE FUNCTION note_xact();
CREATE TRIGGER note_xact BEFORE INSERT OR UPDATE ON agent_presence FOR EACH ROW EXECUTE FUNCTION note_xact();
CREATE INDEX handoff_xact ON handoff (xact);
CREATE INDEX agent_presence_xact ON agent_presence (xact);
DROP INDEX agent_presence_lease;
CREATE INDEX handoff_guest ON handoff (guest) WHERE guest <> '';
CREATE INDEX handoff_event_due ON handoff_event (seq) WHERE told_at IS NULL;

-- +goose Down
SELECT 1;
