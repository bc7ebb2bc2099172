-- Heads of this log that other departments' witnesses signed as well: of each witness the newest one, with the whole head.
CREATE TABLE evidence_cosignature (
    witness {text} NOT NULL PRIMARY KEY,
    size {int} NOT NULL,
    text {text} NOT NULL,
    signatures {text} NOT NULL,
    line {text} NOT NULL,
    at {int} NOT NULL
) {strict};
