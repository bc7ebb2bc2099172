-- Jobs of a case that the program gave up (parked), as long as they are: the case may stand still there, and those who work on it are told.
CREATE TABLE case_halted (
    job {int} NOT NULL PRIMARY KEY,
    case_id {int} NOT NULL,
    kind {text} NOT NULL,
    since {int} NOT NULL
) {strict};
CREATE INDEX case_halted_case ON case_halted (case_id, job);
