-- What a person objects to, one a call; words are sealed under the person's key.
CREATE TABLE exchange_objection (
    call {int} NOT NULL PRIMARY KEY REFERENCES exchange_call (id),
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
CREATE INDEX exchange_objection_provider ON exchange_objection (provider, state, call);
