-- Sums by the week that begins on Monday, (day + 3) / 7, for the board of a year.
CREATE TABLE watch_week (
    at {int} NOT NULL,
    unit {int} NOT NULL,
    provider {int} NOT NULL,
    resource {int} NOT NULL,
    system {int} NOT NULL,
    result {text} NOT NULL,
    calls {int} NOT NULL,
    PRIMARY KEY (at, unit, provider, resource, system, result)
) {strict};
INSERT INTO watch_week (at, unit, provider, resource, system, result, calls)
SELECT (at + 3) / 7, unit, provider, resource, system, result, CAST(SUM(calls) AS BIGINT) FROM watch_day
GROUP BY (at + 3) / 7, unit, provider, resource, system, result;
