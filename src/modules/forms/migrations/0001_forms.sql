-- A form and its versions: JSON Schema with hints of layout. A version that was published never changes: cases keep the one they began with.
CREATE TABLE form_model (
    id {int} NOT NULL PRIMARY KEY,
    code {text} NOT NULL UNIQUE
) {strict};
CREATE TABLE form_version (
    form {int} NOT NULL REFERENCES form_model (id),
    version {int} NOT NULL,
    status {text} NOT NULL,
    name {text} NOT NULL,
    name_en {text} NOT NULL,
    valid_from {int} NOT NULL,
    schema {text} NOT NULL,
    note {text} NOT NULL,
    authors {text} NOT NULL,
    made_by {int} NOT NULL,
    made_at {int} NOT NULL,
    reviewed_by {int} NOT NULL,
    published_at {int} NOT NULL,
    PRIMARY KEY (form, version)
) {strict};
CREATE INDEX form_version_status ON form_version (status, form);
