-- A process (BPMN) and its versions. A version that was published never changes: cases keep the one they began with.
CREATE TABLE process_model (
    id {int} NOT NULL PRIMARY KEY,
    code {text} NOT NULL UNIQUE
) {strict};
CREATE TABLE process_version (
    process {int} NOT NULL REFERENCES process_model (id),
    version {int} NOT NULL,
    status {text} NOT NULL,
    name {text} NOT NULL,
    name_en {text} NOT NULL,
    valid_from {int} NOT NULL,
    xml {text} NOT NULL,
    note {text} NOT NULL,
    authors {text} NOT NULL,
    made_by {int} NOT NULL,
    made_at {int} NOT NULL,
    reviewed_by {int} NOT NULL,
    published_at {int} NOT NULL,
    PRIMARY KEY (process, version)
) {strict};
CREATE INDEX process_version_status ON process_version (status, process);
