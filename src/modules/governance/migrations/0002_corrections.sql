-- Somebody says that a datum is wrong. Number, words and answer are sealed, under the person's key where they
-- are known here.
CREATE TABLE data_correction (
    id {int} NOT NULL PRIMARY KEY,
    entry {int} NOT NULL,
    provider {int} NOT NULL,
    item {text} NOT NULL,
    subject {int} NOT NULL,
    subject_index {bytes} NOT NULL,
    number {bytes} NOT NULL,
    asked_unit {int} NOT NULL,
    asked_by {int} NOT NULL,
    state {text} NOT NULL,
    words {bytes} NOT NULL,
    opened {int} NOT NULL,
    due {int} NOT NULL,
    taken_by {int} NOT NULL,
    answer {bytes} NOT NULL,
    answered_by {int} NOT NULL,
    answered_at {int} NOT NULL
) {strict};
CREATE INDEX data_correction_provider ON data_correction (provider, state, id);
CREATE INDEX data_correction_state ON data_correction (state, id);
CREATE INDEX data_correction_asked ON data_correction (asked_unit, id);
CREATE INDEX data_correction_subject ON data_correction (subject, id);

-- Who had been given a datum that was then corrected, and whether they put it right on their side.
CREATE TABLE correction_told (
    correction {int} NOT NULL REFERENCES data_correction (id),
    unit {int} NOT NULL,
    at {int} NOT NULL,
    noted_by {int} NOT NULL,
    noted_at {int} NOT NULL,
    PRIMARY KEY (correction, unit)
) {strict};
CREATE INDEX correction_told_unit ON correction_told (unit, noted_at, correction);
