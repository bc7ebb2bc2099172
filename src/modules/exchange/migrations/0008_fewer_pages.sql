-- A call writes as few pages as it can. By their case only this installation's own calls are looked up.
ALTER TABLE exchange_call ADD COLUMN own {int} NOT NULL DEFAULT 0;
UPDATE exchange_call SET own = 1 WHERE system IN (SELECT id FROM exchange_system WHERE code = 'platform');
DROP INDEX exchange_call_case;
CREATE INDEX exchange_call_case ON exchange_call (case_id, id) WHERE own = 1;

-- Nonces of the last minutes, in the order they were taken: an id holds its time.
CREATE TABLE exchange_taken (
    id {int} NOT NULL PRIMARY KEY,
    until {int} NOT NULL,
    system {int} NOT NULL,
    nonce {text} NOT NULL,
    UNIQUE (system, nonce)
) {strict};
INSERT INTO exchange_taken (id, until, system, nonce)
    SELECT (at - 1704067200000) * 4194304 + ROW_NUMBER() OVER (ORDER BY at, system, nonce), at + 600000, system, nonce FROM exchange_nonce;
DROP TABLE exchange_nonce;
