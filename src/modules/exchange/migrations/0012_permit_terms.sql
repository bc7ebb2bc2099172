-- Why data may be used, of which kind; and the one time a provider took longer to answer, with its reason.
ALTER TABLE share_permit ADD COLUMN basis_kind {text} NOT NULL DEFAULT '';
ALTER TABLE share_permit ADD COLUMN extended_by {int} NOT NULL DEFAULT 0;
ALTER TABLE share_permit ADD COLUMN extended_at {int} NOT NULL DEFAULT 0;
ALTER TABLE share_permit ADD COLUMN extension {text} NOT NULL DEFAULT '';
