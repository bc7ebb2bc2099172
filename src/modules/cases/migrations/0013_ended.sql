-- How many cases ended in time lately: the board reads those weeks, and nothing of the years before.
CREATE INDEX case_file_ended ON case_file (closed, unit_id, division, red_at) WHERE closed > 0;
