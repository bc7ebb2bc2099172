-- A decision model (DMN) and its versions. A version that was published never changes; the one in force on a day is the one
-- that began last among those that cover it.
CREATE TABLE decision_model (
    id {int} NOT NULL PRIMARY KEY,
    code {text} NOT NULL UNIQUE,
    purpose {text} NOT NULL,
    subject {text} NOT NULL
) {strict};
CREATE TABLE decision_version (
    model {int} NOT NULL REFERENCES decision_model (id),
    version {int} NOT NULL,
    status {text} NOT NULL,
    name {text} NOT NULL,
    name_en {text} NOT NULL,
    decision {text} NOT NULL,
    law {text} NOT NULL,
    article {text} NOT NULL,
    may_refuse {int} NOT NULL,
    refuse_law {text} NOT NULL,
    refuse_article {text} NOT NULL,
    valid_from {int} NOT NULL,
    valid_to {int} NOT NULL,
    xml {text} NOT NULL,
    inputs {text} NOT NULL,
    tests {text} NOT NULL,
    note {text} NOT NULL,
    authors {text} NOT NULL,
    made_by {int} NOT NULL,
    made_at {int} NOT NULL,
    reviewed_by {int} NOT NULL,
    published_at {int} NOT NULL,
    PRIMARY KEY (model, version)
) {strict};
CREATE INDEX decision_version_status ON decision_version (status, model);

-- What was decided with a model in a case: facts with their sources, rules that spoke, outcome; sealed under the applicant's key.
CREATE TABLE decision_made (
    id {int} NOT NULL PRIMARY KEY,
    case_id {int} NOT NULL,
    subject {int} NOT NULL,
    model {int} NOT NULL,
    version {int} NOT NULL,
    purpose {text} NOT NULL,
    outcome {text} NOT NULL,
    made_at {int} NOT NULL,
    said {bytes} NOT NULL
) {strict};
CREATE INDEX decision_made_case ON decision_made (case_id, id);
CREATE INDEX decision_made_subject ON decision_made (subject, id);
