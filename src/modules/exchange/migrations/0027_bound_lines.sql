-- A question of a batch and its answer are sealed for their place in it, under the key of whom it is about (0: nobody this installation knows), and their call says which answer it was. -1: of before, sealed for the
-- batch as a whole; such lines are gone within seven days.
ALTER TABLE exchange_batch_line ADD COLUMN subject {int} NOT NULL DEFAULT -1;
ALTER TABLE exchange_batch_line ADD COLUMN call {int} NOT NULL DEFAULT 0;
