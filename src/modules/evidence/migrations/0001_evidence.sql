CREATE TABLE evidence (
    id {int} NOT NULL PRIMARY KEY,
    at {int} NOT NULL,
    act {text} NOT NULL,
    actor_kind {int} NOT NULL,
    account {int} NOT NULL,
    unit {int} NOT NULL,
    object_kind {text} NOT NULL,
    object {int} NOT NULL,
    subject {int} NOT NULL,
    detail {text} NOT NULL,
    mac {bytes} NOT NULL
) {strict};
CREATE INDEX evidence_subject ON evidence (subject, id);
CREATE INDEX evidence_object ON evidence (object, id);
