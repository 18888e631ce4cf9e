-- L1: a secure box that proves nothing and only takes what may not stand in a
-- chat, an account number say. Nothing is sent for it, so it has no factor.
ALTER TABLE bank.challenge DROP CONSTRAINT challenge_level_check;
ALTER TABLE bank.challenge ADD CONSTRAINT challenge_level_check CHECK (level IN ('L1', 'L2', 'L3', 'L4'));
ALTER TABLE bank.challenge DROP CONSTRAINT challenge_factor_check;
ALTER TABLE bank.challenge ADD CONSTRAINT challenge_factor_check CHECK (factor IN ('sms', 'payment_password', 'none'));
ALTER TABLE bank.challenge ADD CONSTRAINT challenge_sealed CHECK ((level = 'L1') = (factor = 'none'));
