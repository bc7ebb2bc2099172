-- Keys a system signs with beside its secret one: public, as DER, with their fingerprint. What was ended stays, with its day.
CREATE TABLE exchange_key (
    id {int} NOT NULL PRIMARY KEY,
    system {int} NOT NULL REFERENCES exchange_system (id),
    kind {text} NOT NULL,
    data {bytes} NOT NULL,
    fingerprint {text} NOT NULL,
    valid_from {int} NOT NULL,
    valid_until {int} NOT NULL,
    added {int} NOT NULL,
    added_by {int} NOT NULL,
    ended {int} NOT NULL,
    ended_by {int} NOT NULL
) {strict};
CREATE INDEX exchange_key_system ON exchange_key (system, id);
CREATE INDEX exchange_key_fingerprint ON exchange_key (fingerprint);
