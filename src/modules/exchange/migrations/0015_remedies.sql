-- What follows from an objection that is upheld: the department that asked is told why and says what it did about it.
ALTER TABLE exchange_objection ADD COLUMN consumer {int} NOT NULL DEFAULT 0;
ALTER TABLE exchange_objection ADD COLUMN told {bytes};
ALTER TABLE exchange_objection ADD COLUMN done {bytes};
ALTER TABLE exchange_objection ADD COLUMN noted_by {int} NOT NULL DEFAULT 0;
ALTER TABLE exchange_objection ADD COLUMN noted_at {int} NOT NULL DEFAULT 0;
CREATE INDEX exchange_objection_consumer ON exchange_objection (consumer, call) WHERE consumer <> 0;
CREATE INDEX exchange_objection_due ON exchange_objection (state, due);

-- A permit that was suspended, and how it went on: a second person lifts that or ends the permit. call: of the objection
-- it follows from, or 0.
CREATE TABLE share_permit_stop (
    id {int} NOT NULL PRIMARY KEY,
    permit {int} NOT NULL REFERENCES share_permit (id),
    call {int} NOT NULL,
    stopped_by {int} NOT NULL,
    stopped_at {int} NOT NULL,
    words {text} NOT NULL,
    outcome {text} NOT NULL,
    settled_by {int} NOT NULL,
    settled_at {int} NOT NULL,
    reason {text} NOT NULL
) {strict};
CREATE INDEX share_permit_stop_permit ON share_permit_stop (permit, id);
CREATE INDEX share_permit_stop_call ON share_permit_stop (call) WHERE call <> 0;
