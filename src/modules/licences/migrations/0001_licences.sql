-- What is printed (face), who holds it (holder_facts) and the signed manifest are sealed under the holder's key; the page (PDF) is a sealed file.
-- mac covers every column that is not sealed. valid_to 0: long-term. case_id null: not from a case of this installation.
CREATE TABLE licence (
    id {int} NOT NULL PRIMARY KEY,
    type_name {text} NOT NULL,
    type_code {text} NOT NULL,
    licence_id {text} NOT NULL UNIQUE,
    number {text} NOT NULL,
    version {text} NOT NULL,
    issuer {int} NOT NULL,
    issuer_code {text} NOT NULL,
    holder {int} NOT NULL,
    case_id {int} UNIQUE,
    case_no {text} NOT NULL,
    item_code {text} NOT NULL,
    item_name {text} NOT NULL,
    one_per_holder {int} NOT NULL,
    demo {int} NOT NULL,
    issued {int} NOT NULL,
    valid_from {int} NOT NULL,
    valid_to {int} NOT NULL,
    status {text} NOT NULL,
    supersedes {int} NOT NULL,
    officer {int} NOT NULL,
    name_index {bytes} NOT NULL,
    face_index {bytes} NOT NULL,
    face {bytes} NOT NULL,
    holder_facts {bytes} NOT NULL,
    manifest {bytes} NOT NULL,
    manifest_digest {text} NOT NULL,
    page {text} NOT NULL,
    created {int} NOT NULL,
    mac {bytes} NOT NULL,
    UNIQUE (type_code, number)
) {strict};
CREATE INDEX licence_holder ON licence (holder, id);
CREATE INDEX licence_issuer ON licence (issuer, id);
CREATE INDEX licence_number ON licence (number);

-- What happened to a licence. reason is sealed under the holder's key.
CREATE TABLE licence_event (
    id {int} NOT NULL PRIMARY KEY,
    licence {int} NOT NULL REFERENCES licence (id),
    op {text} NOT NULL,
    from_status {text} NOT NULL,
    to_status {text} NOT NULL,
    reason {bytes} NOT NULL,
    document {text} NOT NULL,
    officer {int} NOT NULL,
    unit {int} NOT NULL,
    at {int} NOT NULL,
    mac {bytes} NOT NULL
) {strict};
CREATE INDEX licence_event_licence ON licence_event (licence, id);

-- The last number given, by series: a prefix of printed numbers, or the serials of one type in one year.
CREATE TABLE licence_counter (
    series {text} NOT NULL PRIMARY KEY,
    last {int} NOT NULL
) {strict};

-- Certificates under which licences were signed, for those who verify offline.
CREATE TABLE licence_certificate (
    fingerprint {text} NOT NULL PRIMARY KEY,
    issuer {int} NOT NULL,
    pem {text} NOT NULL,
    at {int} NOT NULL
) {strict};
