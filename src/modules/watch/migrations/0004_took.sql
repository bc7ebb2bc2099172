-- How long answers took: calls of a day whose duration lies in a bucket (watch_took.c), by consumer and provider.
CREATE TABLE watch_took (
    at {int} NOT NULL,
    unit {int} NOT NULL,
    provider {int} NOT NULL,
    bucket {int} NOT NULL,
    calls {int} NOT NULL,
    PRIMARY KEY (at, unit, provider, bucket)
) {strict};
