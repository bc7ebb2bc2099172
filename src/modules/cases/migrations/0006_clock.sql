CREATE INDEX case_file_clock ON case_file (id) WHERE accepted <> 0 AND closed = 0;
