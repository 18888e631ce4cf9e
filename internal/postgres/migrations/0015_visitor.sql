-- +goose Up
-- A supervisor beside the two of a session: who, and as what.
ALTER TABLE session
  ADD visitor jsonb, -- id, name, number, mode (listen, whisper, barge)
  ADD CHECK (visitor IS NULL OR visitor->>'mode' IN ('listen', 'whisper', 'barge'));

-- +goose Down
SELECT 1;
