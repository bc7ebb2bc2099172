CREATE TABLE case_file (
    id {int} NOT NULL PRIMARY KEY,
    case_no {text} NOT NULL UNIQUE,
    track_code {text} NOT NULL,
    item {int} NOT NULL,
    item_version {int} NOT NULL,
    item_name {text} NOT NULL,
    unit_id {int} NOT NULL,
    division {text} NOT NULL,
    applicant {int} NOT NULL,
    organisation {int} NOT NULL,
    agent {int} NOT NULL,
    channel {text} NOT NULL,
    status {text} NOT NULL,
    step {text} NOT NULL,
    role {text} NOT NULL,
    state {text} NOT NULL,
    situations {text} NOT NULL,
    answers {bytes},
    created {int} NOT NULL,
    submitted {int} NOT NULL,
    received {int} NOT NULL,
    accepted {int} NOT NULL,
    due {int} NOT NULL,
    due_order {int} NOT NULL,
    yellow_at {int} NOT NULL,
    red_at {int} NOT NULL,
    paused {int} NOT NULL,
    provisional {int} NOT NULL,
    closed {int} NOT NULL,
    result {text} NOT NULL,
    opinion {bytes}
) {strict};
CREATE INDEX case_file_inbox ON case_file (unit_id, role, due_order, id, paused, division) WHERE role <> '';
CREATE INDEX case_file_red ON case_file (unit_id, role, red_at, id, yellow_at, paused, division) WHERE role <> '' AND paused = 0 AND red_at <> 0;
CREATE INDEX case_file_yellow ON case_file (unit_id, role, yellow_at, id, paused, division) WHERE role <> '' AND paused = 0 AND yellow_at <> 0;
CREATE INDEX case_file_paused ON case_file (unit_id, role, due_order, id, paused, division) WHERE role <> '' AND paused = 1;
CREATE INDEX case_file_special ON case_file (unit_id, due_order, id) WHERE status = 'special_procedure';
CREATE INDEX case_file_desk ON case_file (due_order, id, paused, division) WHERE role = 'desk';
CREATE INDEX case_file_desk_county ON case_file (substr(division, 1, 6), due_order, id, paused, division) WHERE role = 'desk';
CREATE INDEX case_file_unit ON case_file (unit_id, id);
CREATE INDEX case_file_applicant ON case_file (applicant, id);
CREATE INDEX case_file_agent ON case_file (agent, id);
CREATE INDEX case_file_drafts ON case_file (applicant, id) WHERE status = 'draft';
CREATE INDEX case_file_agent_drafts ON case_file (agent, id) WHERE status = 'draft' AND agent <> 0;
CREATE INDEX case_file_item ON case_file (item, id);
CREATE TABLE case_clock (
    case_id {int} NOT NULL,
    seq {int} NOT NULL,
    kind {int} NOT NULL,
    at {int} NOT NULL,
    count {int} NOT NULL,
    reason {bytes},
    account {int} NOT NULL,
    PRIMARY KEY (case_id, seq)
) {strict};
CREATE TABLE case_event (
    id {int} NOT NULL PRIMARY KEY,
    case_id {int} NOT NULL,
    at {int} NOT NULL,
    act {text} NOT NULL,
    step {text} NOT NULL,
    actor_kind {int} NOT NULL,
    account {int} NOT NULL,
    unit_id {int} NOT NULL,
    note {bytes}
) {strict};
CREATE INDEX case_event_case ON case_event (case_id, id);
CREATE TABLE case_material (
    id {int} NOT NULL PRIMARY KEY,
    case_id {int} NOT NULL,
    material {text} NOT NULL,
    state {text} NOT NULL,
    blob {text} NOT NULL,
    file_name {bytes},
    size {int} NOT NULL,
    media_type {text} NOT NULL,
    copies {int} NOT NULL,
    at {int} NOT NULL
) {strict};
CREATE INDEX case_material_case ON case_material (case_id, id);
CREATE TABLE case_point (
    case_id {int} NOT NULL,
    n {int} NOT NULL,
    target {text} NOT NULL,
    reason {bytes} NOT NULL,
    asked_by {int} NOT NULL,
    asked_at {int} NOT NULL,
    done_at {int} NOT NULL,
    PRIMARY KEY (case_id, n)
) {strict};
CREATE TABLE case_sequence (
    division {text} NOT NULL,
    day {int} NOT NULL,
    last {int} NOT NULL,
    PRIMARY KEY (division, day)
) {strict};
CREATE TABLE case_once (
    once {int} NOT NULL PRIMARY KEY,
    case_id {int} NOT NULL
) {strict};
