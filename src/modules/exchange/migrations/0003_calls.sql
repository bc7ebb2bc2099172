-- Every call: who, of whom, for which item and case, which items of data, what came of it. Only added to.
CREATE TABLE exchange_call (
    id {int} NOT NULL PRIMARY KEY,
    at {int} NOT NULL,
    system {int} NOT NULL,
    unit {int} NOT NULL,
    operator {text} NOT NULL,
    resource {int} NOT NULL,
    permit {int} NOT NULL,
    mode {text} NOT NULL,
    purpose {text} NOT NULL,
    item {int} NOT NULL,
    case_id {int} NOT NULL,
    subject {int} NOT NULL,
    subject_index {bytes} NOT NULL,
    fields {text} NOT NULL,
    result {text} NOT NULL,
    answer {int} NOT NULL
) {strict};
CREATE INDEX exchange_call_subject ON exchange_call (subject_index, id);
CREATE INDEX exchange_call_case ON exchange_call (case_id, id);

-- Nonces of the last minutes.
CREATE TABLE exchange_nonce (
    system {int} NOT NULL,
    nonce {text} NOT NULL,
    at {int} NOT NULL,
    PRIMARY KEY (system, nonce)
) {strict};
CREATE INDEX exchange_nonce_at ON exchange_nonce (at);

-- How often a permit was used on a day, and in its last minute.
CREATE TABLE exchange_use (
    permit {int} NOT NULL,
    day {int} NOT NULL,
    count {int} NOT NULL,
    minute {int} NOT NULL,
    minute_count {int} NOT NULL,
    PRIMARY KEY (permit, day)
) {strict};
