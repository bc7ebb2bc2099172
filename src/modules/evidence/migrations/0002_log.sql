-- Rows of evidence that are not in the log yet: written with the row, gone when the log has it.
CREATE TABLE evidence_unordered (
    id {int} NOT NULL PRIMARY KEY
) {strict};
INSERT INTO evidence_unordered (id) SELECT id FROM evidence;

-- One row: how far the log has come, who orders at present, and its signed heads.
CREATE TABLE evidence_log (
    id {int} NOT NULL PRIMARY KEY,
    origin {text} NOT NULL,
    size {int} NOT NULL,
    owner {int} NOT NULL,
    until {int} NOT NULL,
    signed_size {int} NOT NULL,
    sha256 {text} NOT NULL,
    sm3 {text} NOT NULL,
    certificate {text} NOT NULL
) {strict};

-- 256 entries of the log each: the ids of their rows (8 bytes, big-endian) and their digests (32 bytes), in order.
CREATE TABLE evidence_bundle (
    number {int} NOT NULL PRIMARY KEY,
    lowest {int} NOT NULL,
    highest {int} NOT NULL,
    ids {bytes} NOT NULL,
    entries {bytes} NOT NULL
) {strict};
CREATE INDEX evidence_bundle_lowest ON evidence_bundle (lowest);

-- Hashes of complete subtrees of 256^level entries, level 1 and above; those of level 0 follow from the entries.
CREATE TABLE evidence_tile (
    level {int} NOT NULL,
    number {int} NOT NULL,
    sha256 {bytes} NOT NULL,
    sm3 {bytes} NOT NULL,
    PRIMARY KEY (level, number)
) {strict};
