-- What each register is: its names and fields, as imported.
CREATE TABLE registry_resource (
    id {text} NOT NULL PRIMARY KEY,
    doc {text} NOT NULL
) {strict};

-- Records, found by the blind index of the subject's number; the digest keeps one record from standing there twice.
CREATE TABLE registry_record (
    id {int} NOT NULL PRIMARY KEY,
    resource {text} NOT NULL,
    code_index {bytes} NOT NULL,
    digest {bytes} NOT NULL,
    data {bytes} NOT NULL,
    changed {int} NOT NULL,
    UNIQUE (resource, code_index, digest)
) {strict};

-- Which organisations name a person as their legal representative.
CREATE TABLE registry_representative (
    person_index {bytes} NOT NULL,
    record {int} NOT NULL REFERENCES registry_record (id),
    PRIMARY KEY (person_index, record)
) {strict};
CREATE INDEX registry_representative_record ON registry_representative (record);
