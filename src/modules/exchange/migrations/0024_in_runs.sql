-- By whom they are about, calls are found in sorted runs (core/db/runs.h), so that none of them writes a page for that
-- alone; those from before stay in the index.
ALTER TABLE exchange_call ADD COLUMN in_runs {int} NOT NULL DEFAULT 0;
DROP INDEX exchange_call_subject;
CREATE INDEX exchange_call_subject ON exchange_call (subject_index, id) WHERE in_runs = 0;
