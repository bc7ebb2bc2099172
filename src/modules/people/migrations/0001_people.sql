-- Persons (kind 1) and organisations (kind 2). What says who they are is sealed under their own key; numbers are found by blind index.
CREATE TABLE subject (
    id {int} NOT NULL PRIMARY KEY,
    kind {int} NOT NULL,
    code_index {bytes} NOT NULL,
    name {bytes} NOT NULL,
    code {bytes} NOT NULL,
    mobile {bytes} NOT NULL,
    address {bytes} NOT NULL,
    level {int} NOT NULL,
    account {int} NOT NULL,
    created {int} NOT NULL,
    changed {int} NOT NULL,
    UNIQUE (kind, code_index)
) {strict};

-- Who may act for whom. scope: "" for every service, or the department (id of org_unit) whose services it covers. valid_to 0: until revoked.
CREATE TABLE mandate (
    id {int} NOT NULL PRIMARY KEY,
    principal {int} NOT NULL REFERENCES subject (id),
    agent {int} NOT NULL REFERENCES subject (id),
    scope {text} NOT NULL,
    valid_from {int} NOT NULL,
    valid_to {int} NOT NULL,
    revoked {int} NOT NULL,
    created {int} NOT NULL
) {strict};
CREATE INDEX mandate_agent ON mandate (agent, principal);
CREATE INDEX mandate_principal ON mandate (principal, id);

-- Codes sent to a mobile that someone says is theirs. purpose 1: a new account, 2: a new mobile of an account. taken: that mobile has an account already.
CREATE TABLE mobile_code (
    id {int} NOT NULL PRIMARY KEY,
    token_index {bytes} NOT NULL UNIQUE,
    purpose {int} NOT NULL,
    subject {int} NOT NULL,
    mobile {bytes} NOT NULL,
    code_digest {bytes} NOT NULL,
    attempts {int} NOT NULL,
    taken {int} NOT NULL,
    used {int} NOT NULL,
    expires {int} NOT NULL
) {strict};
CREATE INDEX mobile_code_expires ON mobile_code (expires);

-- When an officer signed in last.
CREATE TABLE officer_seen (
    account {int} NOT NULL PRIMARY KEY,
    at {int} NOT NULL
) {strict};

-- What one officer at the desk asked for and a second one confirms within an hour: closing a confirmed account, another mobile.
CREATE TABLE desk_request (
    subject {int} NOT NULL PRIMARY KEY REFERENCES subject (id),
    officer {int} NOT NULL,
    mobile_index {bytes} NOT NULL,
    reset {int} NOT NULL,
    asked {int} NOT NULL
) {strict};

-- Whom the desk found by number and name: open to that officer for a while.
CREATE TABLE desk_look (
    officer {int} NOT NULL,
    subject {int} NOT NULL REFERENCES subject (id),
    at {int} NOT NULL,
    PRIMARY KEY (officer, subject)
) {strict};
