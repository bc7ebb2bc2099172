-- A step of the process may belong to another department (并联审批, 征求意见): a case then stands in the inboxes of several departments.
CREATE TABLE case_waiting_of_units (
    case_id {int} NOT NULL,
    role {text} NOT NULL,
    step {text} NOT NULL,
    unit_id {int} NOT NULL,
    division {text} NOT NULL,
    due_order {int} NOT NULL,
    yellow_at {int} NOT NULL,
    red_at {int} NOT NULL,
    paused {int} NOT NULL,
    PRIMARY KEY (case_id, role, unit_id)
) {strict};
INSERT INTO case_waiting_of_units (case_id, role, step, unit_id, division, due_order, yellow_at, red_at, paused)
    SELECT case_id, role, step, unit_id, division, due_order, yellow_at, red_at, paused FROM case_waiting;
DROP TABLE case_waiting;
ALTER TABLE case_waiting_of_units RENAME TO case_waiting;
CREATE INDEX case_waiting_inbox ON case_waiting (unit_id, role, due_order, case_id, paused, division);
CREATE INDEX case_waiting_red ON case_waiting (unit_id, role, red_at, case_id, yellow_at, paused, division) WHERE paused = 0 AND red_at <> 0;
CREATE INDEX case_waiting_yellow ON case_waiting (unit_id, role, yellow_at, case_id, paused, division) WHERE paused = 0 AND yellow_at <> 0;
CREATE INDEX case_waiting_paused ON case_waiting (unit_id, role, due_order, case_id, paused, division) WHERE paused = 1;
CREATE INDEX case_waiting_desk ON case_waiting (due_order, case_id, paused, division) WHERE role = 'desk';
CREATE INDEX case_waiting_desk_county ON case_waiting (substr(division, 1, 6), due_order, case_id, paused, division) WHERE role = 'desk';

-- Whom the owner of a case has asked, until when, and what they said: by this a department sees a case of another one.
-- state: 'open', 'answered', 'dropped' (no longer wanted, and never answered).
CREATE TABLE case_asked (
    case_id {int} NOT NULL,
    token {int} NOT NULL,
    step {text} NOT NULL,
    unit_id {int} NOT NULL,
    owner {int} NOT NULL,
    division {text} NOT NULL,
    state {text} NOT NULL,
    asked {int} NOT NULL,
    due {int} NOT NULL,
    yellow_at {int} NOT NULL,
    red_at {int} NOT NULL,
    answered {int} NOT NULL,
    outcome {text} NOT NULL,
    PRIMARY KEY (case_id, token)
) {strict};
CREATE INDEX case_asked_unit ON case_asked (unit_id, case_id);
CREATE INDEX case_asked_owner ON case_asked (owner, due, case_id, token) WHERE state = 'open';
