-- About whom an answer is: it is sealed under that person's key and goes with them. 0: nobody known here, or of before this was kept.
ALTER TABLE node_served ADD COLUMN subject {int} NOT NULL DEFAULT 0;
