-- Of an operation: to whom, from when until when, before or after whom, back to where.
ALTER TABLE case_event ADD COLUMN detail {text};
