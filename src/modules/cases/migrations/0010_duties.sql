-- What is open in a case beside its tasks (容缺受理, 告知承诺), as long as it is open: by it supervision and lists see when it is due.
CREATE TABLE case_duty (
    case_id {int} NOT NULL,
    id {int} NOT NULL,
    kind {text} NOT NULL,
    name {bytes},
    until_at {int} NOT NULL,
    PRIMARY KEY (case_id, id)
) {strict};
ALTER TABLE case_waiting ADD COLUMN duty {text} NOT NULL DEFAULT '';
