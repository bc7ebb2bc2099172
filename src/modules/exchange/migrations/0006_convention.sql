-- Permits that allow the national header convention; by what a call was signed.
ALTER TABLE share_permit ADD COLUMN compat {int} NOT NULL DEFAULT 0;
ALTER TABLE exchange_call ADD COLUMN signed {text} NOT NULL DEFAULT '';
