-- Files handed in, by the keyed digest of their content, and what names them. Rows of blob outlive their last
-- reference until the collector has removed the file.
CREATE TABLE blob (
    id {text} PRIMARY KEY,
    size {int} NOT NULL,
    type {text} NOT NULL,
    created {int} NOT NULL
) {strict};
CREATE TABLE blob_ref (
    blob_id {text} NOT NULL REFERENCES blob (id),
    owner {text} NOT NULL,
    owner_id {int} NOT NULL,
    PRIMARY KEY (blob_id, owner, owner_id)
) {strict};
CREATE INDEX blob_ref_owner ON blob_ref (owner, owner_id);
