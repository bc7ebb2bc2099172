-- Signals that were sent to every case, in their order (number), and which cases wait for which: from which number on. What has begun to wait later does not hear an earlier one.
CREATE TABLE case_signal (
    number {int} NOT NULL PRIMARY KEY,
    name {text} NOT NULL,
    case_id {int} NOT NULL,
    at {int} NOT NULL
) {strict};
CREATE TABLE case_listening (
    name {text} NOT NULL,
    case_id {int} NOT NULL,
    token {int} NOT NULL,
    since {int} NOT NULL,
    PRIMARY KEY (name, case_id, token)
) {strict};
CREATE INDEX case_listening_case ON case_listening (case_id, token);
