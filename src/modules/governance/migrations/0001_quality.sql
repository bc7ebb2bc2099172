-- What must hold of an entry's records, one rule a row.
CREATE TABLE quality_rule (
    id {int} NOT NULL PRIMARY KEY,
    entry {int} NOT NULL,
    kind {text} NOT NULL,
    item {text} NOT NULL,
    param {text} NOT NULL,
    author {int} NOT NULL,
    changed {int} NOT NULL,
    UNIQUE (entry, kind, item, param)
) {strict};

-- Which entries are checked, how, and when next; running: the run that goes on now, or 0.
CREATE TABLE quality_plan (
    entry {int} NOT NULL PRIMARY KEY,
    unit {int} NOT NULL,
    whole {int} NOT NULL,
    next_at {int} NOT NULL,
    running {int} NOT NULL
) {strict};
CREATE INDEX quality_plan_next ON quality_plan (next_at);

-- A pass over the records, page by page.
CREATE TABLE quality_run (
    id {int} NOT NULL PRIMARY KEY,
    entry {int} NOT NULL,
    whole {int} NOT NULL,
    after {int} NOT NULL,
    page {int} NOT NULL,
    records {int} NOT NULL,
    started {int} NOT NULL,
    finished {int} NOT NULL
) {strict};
CREATE INDEX quality_run_entry ON quality_run (entry, id);
CREATE TABLE quality_count (
    run {int} NOT NULL,
    rule {int} NOT NULL,
    checked {int} NOT NULL,
    failed {int} NOT NULL,
    PRIMARY KEY (run, rule)
) {strict};
-- Values a run has met where they must not come twice, as keyed digests; dropped at its end.
CREATE TABLE quality_seen (
    run {int} NOT NULL,
    rule {int} NOT NULL,
    value {bytes} NOT NULL,
    PRIMARY KEY (run, rule, value)
) {strict};
-- Some of the records that fail, by their sealed number, for the steward who has to mend them.
CREATE TABLE quality_failure (
    run {int} NOT NULL,
    rule {int} NOT NULL,
    n {int} NOT NULL,
    number {bytes} NOT NULL,
    PRIMARY KEY (run, rule, n)
) {strict};

-- Scores in thousandths, -1 where nothing was checked: the last of each entry, and all of them.
CREATE TABLE quality_latest (
    entry {int} NOT NULL PRIMARY KEY,
    unit {int} NOT NULL,
    at {int} NOT NULL,
    overall {int} NOT NULL,
    norm {int} NOT NULL,
    complete {int} NOT NULL,
    accurate {int} NOT NULL,
    consistent {int} NOT NULL,
    timely {int} NOT NULL,
    access {int} NOT NULL,
    records {int} NOT NULL
) {strict};
CREATE INDEX quality_latest_overall ON quality_latest (overall, entry);
CREATE INDEX quality_latest_unit ON quality_latest (unit, overall, entry);
CREATE TABLE quality_score (
    entry {int} NOT NULL,
    at {int} NOT NULL,
    overall {int} NOT NULL,
    norm {int} NOT NULL,
    complete {int} NOT NULL,
    accurate {int} NOT NULL,
    consistent {int} NOT NULL,
    timely {int} NOT NULL,
    access {int} NOT NULL,
    records {int} NOT NULL,
    PRIMARY KEY (entry, at)
) {strict};
