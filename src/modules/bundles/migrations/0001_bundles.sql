-- Bundles (一件事) under version. A published version never changes: applications keep the one they were sent under.
CREATE TABLE bundle_version (
    code {text} NOT NULL,
    version {int} NOT NULL,
    status {text} NOT NULL,
    doc {text} NOT NULL,
    note {text} NOT NULL,
    authors {text} NOT NULL,
    made_by {int} NOT NULL,
    made_at {int} NOT NULL,
    reviewed_by {int} NOT NULL,
    published_at {int} NOT NULL,
    PRIMARY KEY (code, version)
) {strict};
CREATE INDEX bundle_version_status ON bundle_version (status, code, version);
-- One application for all members.
CREATE TABLE bundle_file (
    id {int} NOT NULL PRIMARY KEY,
    number {text} NOT NULL UNIQUE,
    code {text} NOT NULL,
    version {int} NOT NULL,
    name {text} NOT NULL,
    division {text} NOT NULL,
    applicant {int} NOT NULL,
    organisation {int} NOT NULL,
    agent {int} NOT NULL,
    clerk {int} NOT NULL,
    status {text} NOT NULL,
    situations {text} NOT NULL,
    answers {bytes},
    days {int} NOT NULL,
    created {int} NOT NULL,
    submitted {int} NOT NULL,
    due {int} NOT NULL,
    due_order {int} NOT NULL,
    yellow_at {int} NOT NULL,
    red_at {int} NOT NULL,
    paused {int} NOT NULL,
    closed {int} NOT NULL,
    handed {int} NOT NULL,
    handed_by {int} NOT NULL
) {strict};
CREATE INDEX bundle_file_applicant ON bundle_file (applicant, id);
CREATE INDEX bundle_file_agent ON bundle_file (agent, id) WHERE agent <> 0;
CREATE INDEX bundle_file_draft ON bundle_file (applicant, code, agent, clerk) WHERE status = 'draft';
CREATE INDEX bundle_file_old_drafts ON bundle_file (created) WHERE status = 'draft';
CREATE INDEX bundle_file_open ON bundle_file (due_order, id) WHERE status = 'sent';
-- How each member stands, kept as its case moves; 0 while it waits for another.
CREATE TABLE bundle_member (
    file {int} NOT NULL,
    position {int} NOT NULL,
    member {text} NOT NULL,
    item {int} NOT NULL,
    item_name {text} NOT NULL,
    unit_id {int} NOT NULL,
    case_id {int} NOT NULL,
    case_no {text} NOT NULL,
    status {text} NOT NULL,
    result {text} NOT NULL,
    paused {int} NOT NULL,
    opened {int} NOT NULL,
    closed {int} NOT NULL,
    PRIMARY KEY (file, position)
) {strict};
CREATE INDEX bundle_member_case ON bundle_member (case_id) WHERE case_id <> 0;
CREATE INDEX bundle_member_unit ON bundle_member (unit_id, file);
CREATE TABLE bundle_upload (
    id {int} NOT NULL PRIMARY KEY,
    file {int} NOT NULL,
    document {text} NOT NULL,
    blob {text} NOT NULL,
    file_name {bytes},
    size {int} NOT NULL,
    media_type {text} NOT NULL,
    at {int} NOT NULL
) {strict};
CREATE INDEX bundle_upload_file ON bundle_upload (file, id);
CREATE TABLE bundle_clock (
    file {int} NOT NULL,
    seq {int} NOT NULL,
    kind {int} NOT NULL,
    at {int} NOT NULL,
    PRIMARY KEY (file, seq)
) {strict};
