CREATE TABLE catalogue_data (
    hash {text} NOT NULL PRIMARY KEY,
    kind {text} NOT NULL,
    code {text} NOT NULL,
    doc {text} NOT NULL
) {strict};
CREATE TABLE catalogue_current (
    kind {text} NOT NULL,
    code {text} NOT NULL,
    hash {text} NOT NULL,
    PRIMARY KEY (kind, code)
) {strict};
CREATE TABLE item (
    id {int} NOT NULL PRIMARY KEY,
    code {text} NOT NULL UNIQUE,
    unit_id {int} NOT NULL,
    division {text} NOT NULL,
    version {int} NOT NULL
) {strict};
CREATE INDEX item_unit ON item (unit_id, id);
CREATE TABLE item_version (
    item_id {int} NOT NULL,
    version {int} NOT NULL,
    status {text} NOT NULL,
    name {text} NOT NULL,
    type {text} NOT NULL,
    audience {int} NOT NULL,
    themes {text} NOT NULL,
    base {text} NOT NULL,
    base_hash {text} NOT NULL,
    person_hash {text} NOT NULL,
    organisation_hash {text} NOT NULL,
    doc {text} NOT NULL,
    made_by {int} NOT NULL,
    made_at {int} NOT NULL,
    reviewed_by {int} NOT NULL,
    published_at {int} NOT NULL,
    note {text} NOT NULL,
    authors {text} NOT NULL DEFAULT '',
    PRIMARY KEY (item_id, version)
) {strict};
CREATE INDEX item_version_status ON item_version (status, item_id);
CREATE TABLE law (
    id {int} NOT NULL PRIMARY KEY,
    title {text} NOT NULL,
    dated {text} NOT NULL,
    folder {text} NOT NULL,
    UNIQUE (title, dated, folder)
) {strict};
CREATE TABLE law_article (
    law_id {int} NOT NULL,
    seq {int} NOT NULL,
    number {text} NOT NULL,
    chapter {text} NOT NULL,
    text {text} NOT NULL,
    PRIMARY KEY (law_id, seq)
) {strict};
CREATE INDEX law_article_number ON law_article (law_id, number);
