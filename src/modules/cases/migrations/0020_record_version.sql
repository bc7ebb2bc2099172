-- The version of the process by which an entry of the record names its step; 0: of before that was kept.
ALTER TABLE case_event ADD COLUMN version {int} NOT NULL DEFAULT 0;
