-- Who took a paper at the desk; 0 of what is no paper.
ALTER TABLE case_material ADD COLUMN clerk {int} NOT NULL DEFAULT 0;
