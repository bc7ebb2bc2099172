-- Business systems of departments, which sign what they ask; the key is sealed.
CREATE TABLE exchange_system (
    id {int} NOT NULL PRIMARY KEY,
    code {text} NOT NULL UNIQUE,
    name {text} NOT NULL,
    unit {int} NOT NULL,
    secret {bytes} NOT NULL,
    state {text} NOT NULL,
    changed {int} NOT NULL
) {strict};
CREATE INDEX exchange_system_unit ON exchange_system (unit, id);

-- A request for data and, once granted, the permit: what it binds stands in its columns.
CREATE TABLE share_permit (
    id {int} NOT NULL PRIMARY KEY,
    entry {int} NOT NULL REFERENCES data_entry (id),
    resource {int} NOT NULL REFERENCES data_resource (id),
    system {int} NOT NULL REFERENCES exchange_system (id),
    unit {int} NOT NULL,
    provider {int} NOT NULL,
    state {text} NOT NULL,
    purpose {text} NOT NULL,
    basis {text} NOT NULL,
    modes {text} NOT NULL,
    fields {text} NOT NULL,
    masks {text} NOT NULL,
    services {text} NOT NULL,
    needs_case {int} NOT NULL,
    rate {int} NOT NULL,
    daily {int} NOT NULL,
    valid_from {int} NOT NULL,
    valid_until {int} NOT NULL,
    networks {text} NOT NULL,
    asked_by {int} NOT NULL,
    asked_at {int} NOT NULL,
    office_by {int} NOT NULL,
    office_at {int} NOT NULL,
    decided_by {int} NOT NULL,
    decided_at {int} NOT NULL,
    due {int} NOT NULL,
    words {text} NOT NULL
) {strict};
CREATE INDEX share_permit_unit ON share_permit (unit, id);
CREATE INDEX share_permit_provider ON share_permit (provider, id);
CREATE INDEX share_permit_system ON share_permit (system, resource);
CREATE INDEX share_permit_state ON share_permit (state, id);
