-- Refusals of a caller within a minute. result '': how many were recorded one by one; else how many more there were for
-- that reason, recorded (1: that is done) as one sum when the minute has passed.
CREATE TABLE exchange_refused (
    caller {text} NOT NULL,
    minute {int} NOT NULL,
    result {text} NOT NULL,
    count {int} NOT NULL,
    recorded {int} NOT NULL,
    PRIMARY KEY (caller, minute, result)
) {strict};
CREATE INDEX exchange_refused_minute ON exchange_refused (minute);
CREATE INDEX exchange_refused_due ON exchange_refused (minute) WHERE recorded = 0;
