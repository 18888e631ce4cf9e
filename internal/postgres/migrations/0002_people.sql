-- +goose Up
-- Who may come in: tickets are used once.
CREATE TABLE ticket_used (
  nonce      text PRIMARY KEY CHECK (length(nonce) BETWEEN 16 AND 64),
  expires_at timestamptz NOT NULL
);
CREATE INDEX ticket_used_expiry ON ticket_used (expires_at);

-- +goose Down
SELECT 1;
