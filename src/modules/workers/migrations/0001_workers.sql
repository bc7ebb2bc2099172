-- Service tasks that wait for a system of a department. retries: -1 not said yet, 0 an incident. lock_until 0: never locked, or let go.
CREATE TABLE external_task (
    id {int} NOT NULL PRIMARY KEY,
    case_id {int} NOT NULL,
    token {int} NOT NULL,
    topic {text} NOT NULL,
    unit_id {int} NOT NULL,
    owner {int} NOT NULL,
    applicant {int} NOT NULL,
    case_no {text} NOT NULL,
    activity {text} NOT NULL,
    process {text} NOT NULL,
    version {int} NOT NULL,
    priority {int} NOT NULL,
    created {int} NOT NULL,
    held {int} NOT NULL,
    system {text} NOT NULL,
    worker {text} NOT NULL,
    lock_until {int} NOT NULL,
    retries {int} NOT NULL,
    failed {int} NOT NULL,
    message {bytes},
    details {bytes},
    variables {bytes},
    UNIQUE (case_id, token)
) {strict};
CREATE INDEX external_task_topic ON external_task (unit_id, topic, priority DESC, id) WHERE held = 0 AND retries <> 0;
CREATE INDEX external_task_unit ON external_task (unit_id, id);
CREATE INDEX external_task_incident_unit ON external_task (unit_id, id) WHERE retries = 0;
CREATE INDEX external_task_incident_owner ON external_task (owner, id) WHERE retries = 0;

-- The password of a system, as its digest; which topics its department lets it take.
CREATE TABLE worker_access (
    system {text} NOT NULL PRIMARY KEY,
    digest {bytes} NOT NULL,
    added {int} NOT NULL,
    added_by {int} NOT NULL
) {strict};
CREATE TABLE worker_topic (
    system {text} NOT NULL,
    topic {text} NOT NULL,
    added {int} NOT NULL,
    added_by {int} NOT NULL,
    PRIMARY KEY (system, topic)
) {strict};
