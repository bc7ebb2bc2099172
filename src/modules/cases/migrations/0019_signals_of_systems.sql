-- Of which department a system may send the signal that a case waits for. Cases from before: the department that owns the case.
ALTER TABLE case_listening ADD COLUMN unit_id {int} NOT NULL DEFAULT 0;
UPDATE case_listening SET unit_id = COALESCE((SELECT f.unit_id FROM case_file f WHERE f.id = case_listening.case_id), 0);
