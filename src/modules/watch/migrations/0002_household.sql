-- Whose household it is, for those who stand on the list because of staff.
ALTER TABLE watch_person ADD COLUMN staff {int} NOT NULL DEFAULT 0;
