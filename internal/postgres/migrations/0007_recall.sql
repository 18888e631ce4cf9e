-- +goose Up
-- Versions of flows that an operator has taken back: what runs them goes to a
-- person before its next step. duty_seq of the pointer grows with each change.
CREATE TABLE flow_recall (
  hash       text PRIMARY KEY CHECK (hash ~ '^[0-9a-f]{64}$'),
  recalled   boolean NOT NULL,
  reason     text NOT NULL DEFAULT '' CHECK (length(reason) <= 500),
  changed_by text NOT NULL,
  changed_at timestamptz NOT NULL
);

-- +goose Down
SELECT 1;
