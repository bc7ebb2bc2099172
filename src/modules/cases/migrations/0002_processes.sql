-- Cases name process and version they run under ('' and 0: begun before there were processes; engines/course reads their state).
ALTER TABLE case_file ADD COLUMN process {text} NOT NULL DEFAULT '';
ALTER TABLE case_file ADD COLUMN process_version {int} NOT NULL DEFAULT 0;
CREATE INDEX case_file_process ON case_file (process, process_version, id) WHERE closed = 0 AND submitted <> 0;

-- In whose inboxes a case stands: a row for each role that has an open task. Finished cases have none, so that the
-- inbox does not grow with them.
CREATE TABLE case_waiting (
    case_id {int} NOT NULL,
    role {text} NOT NULL,
    step {text} NOT NULL,
    unit_id {int} NOT NULL,
    division {text} NOT NULL,
    due_order {int} NOT NULL,
    yellow_at {int} NOT NULL,
    red_at {int} NOT NULL,
    paused {int} NOT NULL,
    PRIMARY KEY (case_id, role)
) {strict};
INSERT INTO case_waiting (case_id, role, step, unit_id, division, due_order, yellow_at, red_at, paused)
    SELECT id, CASE WHEN status = 'special_procedure' AND role = '' THEN 'reviewer' ELSE role END, step, unit_id, division, due_order, yellow_at, red_at, paused
    FROM case_file WHERE role <> '' OR status = 'special_procedure';
CREATE INDEX case_waiting_inbox ON case_waiting (unit_id, role, due_order, case_id, paused, division);
CREATE INDEX case_waiting_red ON case_waiting (unit_id, role, red_at, case_id, yellow_at, paused, division) WHERE paused = 0 AND red_at <> 0;
CREATE INDEX case_waiting_yellow ON case_waiting (unit_id, role, yellow_at, case_id, paused, division) WHERE paused = 0 AND yellow_at <> 0;
CREATE INDEX case_waiting_paused ON case_waiting (unit_id, role, due_order, case_id, paused, division) WHERE paused = 1;
CREATE INDEX case_waiting_desk ON case_waiting (due_order, case_id, paused, division) WHERE role = 'desk';
CREATE INDEX case_waiting_desk_county ON case_waiting (substr(division, 1, 6), due_order, case_id, paused, division) WHERE role = 'desk';
DROP INDEX case_file_inbox;
DROP INDEX case_file_red;
DROP INDEX case_file_yellow;
DROP INDEX case_file_paused;
DROP INDEX case_file_special;
DROP INDEX case_file_desk;
DROP INDEX case_file_desk_county;
