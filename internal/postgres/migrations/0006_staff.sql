-- +goose Up
-- A member of staff (s:…) has a conversation of their own, with 小伴.
ALTER TABLE subject DROP CONSTRAINT subject_id_check;
ALTER TABLE subject ADD CONSTRAINT subject_id_check CHECK (id ~ '^[cds]:[A-Za-z0-9_-]{1,64}$');

-- Nobody may wait for a person or hold a remote session in such a conversation.
ALTER TABLE handoff ADD CONSTRAINT handoff_of_customers CHECK (subject NOT LIKE 's:%');
ALTER TABLE session ADD CONSTRAINT session_of_customers CHECK (subject NOT LIKE 's:%');
-- And nothing at the bank is ever done from it.
ALTER TABLE action ADD CONSTRAINT action_of_customers CHECK (subject NOT LIKE 's:%');

-- What found nothing, for the console's list.
CREATE INDEX turn_missed ON turn (started_at) WHERE notes @> '[{"Kind": "miss"}]';

-- +goose Down
SELECT 1;
