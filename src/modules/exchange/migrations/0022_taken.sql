-- What was shown to sign calls with, by when it cannot be shown any more: new rows stand beside each other, whatever
-- their nonce, and a call writes no page for it alone. What was taken before is of the last minutes only.
DROP TABLE exchange_taken;
CREATE TABLE exchange_taken (
    until {int} NOT NULL,
    system {int} NOT NULL,
    nonce {text} NOT NULL,
    PRIMARY KEY (until, system, nonce)
) {keyed};
