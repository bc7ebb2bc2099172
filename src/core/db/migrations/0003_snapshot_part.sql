-- Of which module's tables programs on this database keep something in memory that has changed: each number grows
-- with every change of the module of that name, and snapshot_version with every one of any.
CREATE TABLE snapshot_part (
    name {text} NOT NULL PRIMARY KEY,
    version {int} NOT NULL
) {strict};
