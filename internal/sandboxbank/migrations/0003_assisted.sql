-- L4: a person of the bank has seen the customer.
ALTER TABLE bank.challenge DROP CONSTRAINT challenge_level_check;
ALTER TABLE bank.challenge ADD CONSTRAINT challenge_level_check CHECK (level IN ('L2', 'L3', 'L4'));
