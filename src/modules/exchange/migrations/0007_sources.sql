-- Where the data of a resource come from that is no register of this installation; what waits for a second
-- person beside what holds. Secrets are sealed.
CREATE TABLE data_source (
    entry {int} NOT NULL PRIMARY KEY REFERENCES data_entry (id),
    code {text} NOT NULL,
    doc {text} NOT NULL,
    secret {bytes} NOT NULL,
    draft {text} NOT NULL,
    draft_secret {bytes} NOT NULL,
    author {int} NOT NULL,
    decided_by {int} NOT NULL,
    changed {int} NOT NULL
) {strict};

-- Rows a provider delivers: sealed, found by the blind index of their number, in the order of their changes.
CREATE TABLE exchange_row (
    id {int} NOT NULL PRIMARY KEY,
    resource {int} NOT NULL REFERENCES data_resource (id),
    guid {text} NOT NULL,
    number_index {bytes} NOT NULL,
    doc {bytes} NOT NULL,
    digest {bytes} NOT NULL,
    op {text} NOT NULL,
    seq {int} NOT NULL,
    delivery {int} NOT NULL,
    changed {int} NOT NULL,
    UNIQUE (resource, guid)
) {strict};
CREATE INDEX exchange_row_number ON exchange_row (resource, number_index);
CREATE INDEX exchange_row_seq ON exchange_row (resource, seq);
CREATE INDEX exchange_row_gone ON exchange_row (changed) WHERE op = 'D';

CREATE TABLE exchange_feed (
    resource {int} NOT NULL PRIMARY KEY REFERENCES data_resource (id),
    last {int} NOT NULL
) {strict};

-- Every batch that was delivered, with what came of it: what provider and platform reconcile.
CREATE TABLE exchange_delivery (
    id {int} NOT NULL PRIMARY KEY,
    resource {int} NOT NULL REFERENCES data_resource (id),
    batch {text} NOT NULL,
    digest {text} NOT NULL,
    at {int} NOT NULL,
    by_whom {int} NOT NULL,
    count {int} NOT NULL,
    inserted {int} NOT NULL,
    updated {int} NOT NULL,
    deleted {int} NOT NULL,
    same {int} NOT NULL,
    refused {int} NOT NULL,
    refusals {text} NOT NULL,
    UNIQUE (resource, batch)
) {strict};
CREATE INDEX exchange_delivery_resource ON exchange_delivery (resource, id);

-- Which rows a permit lets through.
ALTER TABLE share_permit ADD COLUMN filter {text} NOT NULL DEFAULT '';
