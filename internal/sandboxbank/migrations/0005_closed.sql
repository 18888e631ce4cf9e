-- A closed account keeps its bookings and is no customer's to use any more.
ALTER TABLE bank.account DROP CONSTRAINT account_status_check;
ALTER TABLE bank.account ADD CONSTRAINT account_status_check CHECK (status IN ('normal', 'frozen', 'dormant', 'restricted', 'closed'));
