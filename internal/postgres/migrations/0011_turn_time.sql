-- +goose Up
-- The console reads the turns of the last days. Turns are appended in the order of
-- their time, so that a BRIN index finds them and costs next to nothing to keep.
CREATE INDEX turn_started ON turn USING brin (started_at);

-- +goose Down
SELECT 1;
