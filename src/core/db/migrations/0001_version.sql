-- One row: how often what programs keep in memory (directory, departments, calendar, registers) was changed. Every program compares it once a second.
CREATE TABLE snapshot_version (
    id {int} NOT NULL PRIMARY KEY,
    version {int} NOT NULL
) {strict};
