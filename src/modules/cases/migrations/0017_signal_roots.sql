-- Of each signal the first one that led to it, so that what one signal sets going stays bounded.
ALTER TABLE case_signal ADD COLUMN root {int} NOT NULL DEFAULT 0;
UPDATE case_signal SET root = number;
CREATE INDEX case_signal_root ON case_signal (root, case_id, name);
