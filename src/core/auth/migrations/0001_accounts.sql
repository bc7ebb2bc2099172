-- Accounts of people (realm 1) and officers (realm 2). Logins and names are sealed and found by blind index.
-- given 1: somebody else chose the password; its owner chooses another before anything else. factor 1: there is a second factor, which a
-- session shows after the password.
CREATE TABLE account (
    id {int} PRIMARY KEY,
    realm {int} NOT NULL,
    login_index {bytes} NOT NULL,
    login {bytes} NOT NULL,
    label {bytes} NOT NULL,
    password {text} NOT NULL,
    subject {int} NOT NULL,
    level {int} NOT NULL,
    unit {int} NOT NULL,
    area {text} NOT NULL,
    roles {text} NOT NULL,
    active {int} NOT NULL,
    given {int} NOT NULL,
    factor {int} NOT NULL,
    created {int} NOT NULL,
    changed {int} NOT NULL,
    UNIQUE (realm, login_index)
) {strict};
CREATE INDEX account_realm ON account (realm, id);

-- Open sessions; the token itself is not here, only its HMAC.
CREATE TABLE session (
    token {bytes} PRIMARY KEY,
    account {int} NOT NULL REFERENCES account (id),
    opened {int} NOT NULL,
    seen {int} NOT NULL,
    label {bytes} NOT NULL,
    acting_for {int} NOT NULL,
    acting_name {bytes} NOT NULL,
    factor {int} NOT NULL
) {strict};
CREATE INDEX session_account ON session (account, seen);
CREATE INDEX session_seen ON session (seen);

-- Wrong passwords, by blind index of the login whether such an account exists or not.
CREATE TABLE sign_in_failure (
    realm {int} NOT NULL,
    login_index {bytes} NOT NULL,
    failures {int} NOT NULL,
    last {int} NOT NULL,
    locked_until {int} NOT NULL,
    PRIMARY KEY (realm, login_index)
) {strict};
CREATE INDEX sign_in_failure_last ON sign_in_failure (last);

-- Secrets shared with authenticators, sealed: the one in use, and a fresh one that waits for its first code. step: the last one taken.
CREATE TABLE second_factor (
    account {int} NOT NULL PRIMARY KEY REFERENCES account (id),
    secret {bytes} NOT NULL,
    fresh {bytes} NOT NULL,
    step {int} NOT NULL
) {strict};

-- Recovery codes that were not used yet, as keyed digests.
CREATE TABLE recovery_code (
    account {int} NOT NULL REFERENCES account (id),
    digest {bytes} NOT NULL,
    PRIMARY KEY (account, digest)
) {strict};

-- Attempts within a window, by blind index of what they are counted for.
CREATE TABLE attempt_limit (
    what {bytes} NOT NULL PRIMARY KEY,
    attempts {int} NOT NULL,
    until {int} NOT NULL
) {strict};
CREATE INDEX attempt_limit_until ON attempt_limit (until);
