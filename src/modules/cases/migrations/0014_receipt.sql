-- What waits for acceptance has a due date too, and is counted anew with the rest.
DROP INDEX case_file_clock;
CREATE INDEX case_file_clock ON case_file (id) WHERE submitted <> 0 AND closed = 0;
