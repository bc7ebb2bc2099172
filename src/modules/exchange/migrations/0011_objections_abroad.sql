-- A person objects to a call that left for another installation as well: it stands in a table of another module.
CREATE TABLE exchange_objection_any (
    call {int} NOT NULL PRIMARY KEY,
    subject {int} NOT NULL,
    provider {int} NOT NULL,
    state {text} NOT NULL,
    words {bytes} NOT NULL,
    opened {int} NOT NULL,
    due {int} NOT NULL,
    outcome {text} NOT NULL,
    answer {bytes} NOT NULL,
    answered_by {int} NOT NULL,
    answered_at {int} NOT NULL
) {strict};
INSERT INTO exchange_objection_any (call, subject, provider, state, words, opened, due, outcome, answer, answered_by, answered_at)
SELECT call, subject, provider, state, words, opened, due, outcome, answer, answered_by, answered_at FROM exchange_objection;
DROP TABLE exchange_objection;
ALTER TABLE exchange_objection_any RENAME TO exchange_objection;
CREATE INDEX exchange_objection_provider ON exchange_objection (provider, state, call);
