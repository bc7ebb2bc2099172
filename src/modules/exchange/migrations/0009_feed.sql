-- How far a permit that follows changes has come: acked, and noted on record beyond it where changes are sent to
-- a place of the consumer's.
CREATE TABLE exchange_cursor (
    permit {int} NOT NULL PRIMARY KEY REFERENCES share_permit (id),
    resource {int} NOT NULL REFERENCES data_resource (id),
    acked {int} NOT NULL,
    noted {int} NOT NULL,
    place {text} NOT NULL,
    path {text} NOT NULL,
    changed {int} NOT NULL
) {strict};
CREATE INDEX exchange_cursor_resource ON exchange_cursor (resource, permit);

-- Many questions handed in at once; questions and answers are sealed and kept for some days.
CREATE TABLE exchange_batch (
    id {int} NOT NULL PRIMARY KEY,
    system {int} NOT NULL,
    resource {int} NOT NULL,
    doc {text} NOT NULL,
    total {int} NOT NULL,
    done {int} NOT NULL,
    at {int} NOT NULL
) {strict};
CREATE INDEX exchange_batch_at ON exchange_batch (at);

CREATE TABLE exchange_batch_line (
    batch {int} NOT NULL REFERENCES exchange_batch (id),
    n {int} NOT NULL,
    question {bytes} NOT NULL,
    answer {bytes} NOT NULL,
    PRIMARY KEY (batch, n)
) {strict};
