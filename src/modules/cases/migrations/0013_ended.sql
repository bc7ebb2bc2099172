-- How many cases were decided in time lately: the board reads those weeks in this index alone, and nothing of the years before.
CREATE INDEX case_file_ended ON case_file (closed, unit_id, division, result, red_at) WHERE closed > 0;
