-- +goose Up
-- What a recorded session was for, as the conversation stood when the recording
-- began; masked. The list of recordings shows and searches it.
ALTER TABLE evidence_segment
  ADD COLUMN flow  text NOT NULL DEFAULT '',
  ADD COLUMN title text NOT NULL DEFAULT '' CHECK (length(title) <= 200);
CREATE INDEX evidence_segment_first ON evidence_segment (started_at DESC) WHERE segment = 1;

-- +goose Down
SELECT 1;
