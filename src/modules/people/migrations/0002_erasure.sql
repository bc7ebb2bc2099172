-- Who asked for their account to be closed and their data to be erased. status: asked, confirmed (by the first officer), kept (the account is
-- closed, files wait for the end of their time), erased. until 0: not known now. look: when a kept one is looked at again.
CREATE TABLE erasure (
    subject {int} NOT NULL PRIMARY KEY REFERENCES subject (id),
    status {text} NOT NULL,
    asked {int} NOT NULL,
    first_by {int} NOT NULL,
    first_at {int} NOT NULL,
    second_by {int} NOT NULL,
    second_at {int} NOT NULL,
    until {int} NOT NULL,
    look {int} NOT NULL,
    erased {int} NOT NULL
) {strict};
CREATE INDEX erasure_asked ON erasure (asked, subject);
CREATE INDEX erasure_look ON erasure (look) WHERE status = 'kept';
