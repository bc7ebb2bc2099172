-- Files that came with a request for data: the basis in law as a document.
CREATE TABLE share_permit_file (
    id {int} NOT NULL PRIMARY KEY,
    permit {int} NOT NULL REFERENCES share_permit (id),
    blob {text} NOT NULL,
    name {text} NOT NULL,
    media_type {text} NOT NULL,
    size {int} NOT NULL
) {strict};
CREATE INDEX share_permit_file_permit ON share_permit_file (permit, id);
