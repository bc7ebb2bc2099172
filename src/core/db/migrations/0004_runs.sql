-- Indexes in sorted runs (core/db/runs.h).

-- What transactions added, as it came; first: id of the first pair.
CREATE TABLE run_fresh (
    name {text} NOT NULL,
    first {int} NOT NULL,
    pairs {bytes} NOT NULL,
    PRIMARY KEY (name, first)
) {strict};

-- A run stands, is being made of others (whose "into" it is; reached: its last pair so far), or is being cleared away.
CREATE TABLE run (
    id {int} NOT NULL PRIMARY KEY,
    name {text} NOT NULL,
    level {int} NOT NULL,
    state {text} NOT NULL,
    into_run {int} NOT NULL,
    reached {bytes} NOT NULL
) {strict};
CREATE INDEX run_name ON run (name, id);

-- Its pairs in order; low: not above the first of them, and above all pairs of the parts before.
CREATE TABLE run_part (
    run {int} NOT NULL,
    low {bytes} NOT NULL,
    pairs {bytes} NOT NULL,
    PRIMARY KEY (run, low)
) {strict};
