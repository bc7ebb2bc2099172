-- A decision model that a process asks and that could not answer: the case waits there until it is asked again. Gone when it has answered, or nothing waits for it.
CREATE TABLE case_stuck (
    id {int} NOT NULL PRIMARY KEY,
    case_id {int} NOT NULL,
    token {int} NOT NULL,
    unit_id {int} NOT NULL,
    case_no {text} NOT NULL,
    model {text} NOT NULL,
    step {text} NOT NULL,
    step_en {text} NOT NULL,
    trouble {text} NOT NULL,
    said {text} NOT NULL,
    since {int} NOT NULL,
    tried {int} NOT NULL,
    tries {int} NOT NULL
) {strict};
CREATE UNIQUE INDEX case_stuck_task ON case_stuck (case_id, token);
CREATE INDEX case_stuck_unit ON case_stuck (unit_id, id);
