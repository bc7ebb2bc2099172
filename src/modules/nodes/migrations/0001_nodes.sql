-- Directories of members, each as it was signed: the newest number is in force until it expires.
CREATE TABLE node_directory (
    number {int} NOT NULL PRIMARY KEY,
    doc {text} NOT NULL,
    issued {int} NOT NULL,
    expires {int} NOT NULL,
    received {int} NOT NULL
) {strict};

-- What an administrator of the hub asks for and a second one decides: a node comes, is renewed, or goes.
CREATE TABLE node_change (
    id {int} NOT NULL PRIMARY KEY,
    kind {text} NOT NULL,
    node {text} NOT NULL,
    doc {text} NOT NULL,
    state {text} NOT NULL,
    asked_by {int} NOT NULL,
    asked_at {int} NOT NULL,
    decided_by {int} NOT NULL,
    decided_at {int} NOT NULL
) {strict};
CREATE INDEX node_change_state ON node_change (state, id);

-- What the directory of the hub is made from.
CREATE TABLE node_entry (
    node {text} NOT NULL PRIMARY KEY,
    doc {text} NOT NULL,
    changed {int} NOT NULL
) {strict};

-- Every call this node sent, by its client and id: written before it leaves, and again with what came of it.
CREATE TABLE node_asked (
    id {int} NOT NULL PRIMARY KEY,
    client {text} NOT NULL,
    call {text} NOT NULL,
    node {text} NOT NULL,
    service {text} NOT NULL,
    content {text} NOT NULL,
    purpose {text} NOT NULL,
    item {text} NOT NULL,
    case_no {text} NOT NULL,
    subject {int} NOT NULL,
    subject_index {bytes} NOT NULL,
    state {text} NOT NULL,
    result {text} NOT NULL,
    answer {text} NOT NULL,
    attempts {int} NOT NULL,
    at {int} NOT NULL,
    ended {int} NOT NULL,
    UNIQUE (client, call)
) {strict};
CREATE INDEX node_asked_state ON node_asked (state, id);
CREATE INDEX node_asked_index ON node_asked (subject_index, id);
CREATE INDEX node_asked_subject ON node_asked (subject);

-- Every call this node answered, by the node that asked and the id: a repeat has the same answer. The answer
-- is sealed and kept for a day.
CREATE TABLE node_served (
    id {int} NOT NULL PRIMARY KEY,
    node {text} NOT NULL,
    client {text} NOT NULL,
    call {text} NOT NULL,
    service {text} NOT NULL,
    content {text} NOT NULL,
    result {text} NOT NULL,
    digest {text} NOT NULL,
    answer {bytes} NOT NULL,
    times {int} NOT NULL,
    at {int} NOT NULL,
    UNIQUE (client, call)
) {strict};
CREATE INDEX node_served_at ON node_served (at);

-- Nonces of the last minutes, of calls between nodes.
CREATE TABLE node_nonce (
    node {text} NOT NULL,
    nonce {text} NOT NULL,
    at {int} NOT NULL,
    PRIMARY KEY (node, nonce)
) {strict};
CREATE INDEX node_nonce_at ON node_nonce (at);

-- How it stands with each other node, and the last head of its log that this node signed as a witness.
CREATE TABLE node_state (
    node {text} NOT NULL PRIMARY KEY,
    seen {int} NOT NULL,
    failed {int} NOT NULL,
    trouble {text} NOT NULL,
    head {text} NOT NULL,
    head_at {int} NOT NULL
) {strict};

-- What other nodes said of the subject of a case here, sealed under the person's key.
CREATE TABLE node_fact (
    case_id {int} NOT NULL,
    service {text} NOT NULL,
    subject {int} NOT NULL,
    result {text} NOT NULL,
    facts {bytes} NOT NULL,
    at {int} NOT NULL,
    PRIMARY KEY (case_id, service)
) {strict};
CREATE INDEX node_fact_subject ON node_fact (subject);
