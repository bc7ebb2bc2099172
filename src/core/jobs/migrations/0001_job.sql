-- Work to be done after a commit. A finished job's row goes away; `wake` is when a job may be taken (again), null once it is parked.
CREATE TABLE job (
    id {int} PRIMARY KEY,
    kind {text} NOT NULL,
    unique_key {text},
    payload {text} NOT NULL,
    status {text} NOT NULL,
    wake {int},
    attempts {int} NOT NULL,
    lease {int} NOT NULL,
    again {int} NOT NULL,
    error {text} NOT NULL,
    created {int} NOT NULL,
    UNIQUE (kind, unique_key)
) {strict};
CREATE INDEX job_wake ON job (wake, id);
CREATE INDEX job_parked ON job (id) WHERE status = 'parked';
