-- The catalogue of data: what is published, and beside it the draft that waits.
CREATE TABLE data_entry (
    id {int} NOT NULL PRIMARY KEY,
    code {text} NOT NULL UNIQUE,
    name {text} NOT NULL,
    unit {int} NOT NULL,
    sharing {text} NOT NULL,
    state {text} NOT NULL,
    version {int} NOT NULL,
    doc {text} NOT NULL,
    pending {text} NOT NULL,
    draft {text} NOT NULL,
    author {int} NOT NULL,
    changed {int} NOT NULL
) {strict};
CREATE INDEX data_entry_unit ON data_entry (unit, code);
CREATE INDEX data_entry_pending ON data_entry (pending, code);

-- Every version that was ever published, whole.
CREATE TABLE data_entry_version (
    entry {int} NOT NULL REFERENCES data_entry (id),
    version {int} NOT NULL,
    doc {text} NOT NULL,
    author {int} NOT NULL,
    publisher {int} NOT NULL,
    at {int} NOT NULL,
    PRIMARY KEY (entry, version)
) {strict};

-- Pairs of characters of name and code, by which entries are found.
CREATE TABLE data_entry_term (
    term {text} NOT NULL,
    code {text} NOT NULL,
    entry {int} NOT NULL REFERENCES data_entry (id),
    PRIMARY KEY (term, code)
) {strict};
CREATE INDEX data_entry_term_entry ON data_entry_term (entry);

-- What can be asked: hung under an entry, a table of the registers or a resource that another node keeps.
CREATE TABLE data_resource (
    id {int} NOT NULL PRIMARY KEY,
    entry {int} NOT NULL REFERENCES data_entry (id),
    code {text} NOT NULL UNIQUE,
    kind {text} NOT NULL,
    register {text} NOT NULL,
    state {text} NOT NULL,
    changed {int} NOT NULL
) {strict};
CREATE INDEX data_resource_entry ON data_resource (entry);
CREATE INDEX data_resource_register ON data_resource (register);
