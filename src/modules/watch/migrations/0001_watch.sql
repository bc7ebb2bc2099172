-- How far calls have been counted.
CREATE TABLE watch_state (
    name {text} NOT NULL PRIMARY KEY,
    value {int} NOT NULL
) {strict};

-- Calls in sums: by the hour since 1970 and by the day, so that a board costs the same for any number of calls.
CREATE TABLE watch_hour (
    at {int} NOT NULL,
    unit {int} NOT NULL,
    provider {int} NOT NULL,
    resource {int} NOT NULL,
    system {int} NOT NULL,
    result {text} NOT NULL,
    calls {int} NOT NULL,
    PRIMARY KEY (at, unit, provider, resource, system, result)
) {strict};
CREATE TABLE watch_day (
    at {int} NOT NULL,
    unit {int} NOT NULL,
    provider {int} NOT NULL,
    resource {int} NOT NULL,
    system {int} NOT NULL,
    result {text} NOT NULL,
    calls {int} NOT NULL,
    PRIMARY KEY (at, unit, provider, resource, system, result)
) {strict};
CREATE INDEX watch_day_resource ON watch_day (resource, at);

-- About whom an operator asked on a day, by the blind index of the number.
CREATE TABLE watch_look (
    system {int} NOT NULL,
    operator {text} NOT NULL,
    day {int} NOT NULL,
    subject_index {bytes} NOT NULL,
    times {int} NOT NULL,
    caseless {int} NOT NULL,
    off {int} NOT NULL,
    last {int} NOT NULL,
    PRIMARY KEY (system, operator, day, subject_index)
) {strict};
CREATE INDEX watch_look_day ON watch_look (day);

-- What raises an alarm, one of a kind; number and span mean what the kind says.
CREATE TABLE watch_rule (
    kind {text} NOT NULL PRIMARY KEY,
    enabled {int} NOT NULL,
    number {int} NOT NULL,
    span {int} NOT NULL,
    changed {int} NOT NULL,
    changed_by {int} NOT NULL
) {strict};
INSERT INTO watch_rule (kind, enabled, number, span, changed, changed_by) VALUES ('bulk', 1, 50, 10, 0, 0);
INSERT INTO watch_rule (kind, enabled, number, span, changed, changed_by) VALUES ('off_hours', 1, 5, 1, 0, 0);
INSERT INTO watch_rule (kind, enabled, number, span, changed, changed_by) VALUES ('no_case', 1, 20, 1, 0, 0);
INSERT INTO watch_rule (kind, enabled, number, span, changed, changed_by) VALUES ('curious', 1, 3, 30, 0, 0);
INSERT INTO watch_rule (kind, enabled, number, span, changed, changed_by) VALUES ('watched', 1, 1, 1, 0, 0);

-- One alarm a rule, day and operator (and person, where the rule is about one). Words are sealed.
CREATE TABLE watch_alarm (
    id {int} NOT NULL PRIMARY KEY,
    kind {text} NOT NULL,
    day {int} NOT NULL,
    system {int} NOT NULL,
    operator {text} NOT NULL,
    subject_index {bytes} NOT NULL,
    subject {int} NOT NULL,
    unit {int} NOT NULL,
    resource {int} NOT NULL,
    state {text} NOT NULL,
    seen {int} NOT NULL,
    first_call {int} NOT NULL,
    last_call {int} NOT NULL,
    raised {int} NOT NULL,
    due {int} NOT NULL,
    owner {int} NOT NULL,
    outcome {text} NOT NULL,
    words {bytes} NOT NULL,
    closed_by {int} NOT NULL,
    closed_at {int} NOT NULL,
    UNIQUE (kind, day, system, operator, subject_index)
) {strict};
CREATE INDEX watch_alarm_state ON watch_alarm (state, id);

-- Persons whose data is looked at twice: protected ones, and staff of a department with their household. By
-- blind index alone; what they are called here is sealed.
CREATE TABLE watch_person (
    id {int} NOT NULL PRIMARY KEY,
    subject_index {bytes} NOT NULL,
    kind {text} NOT NULL,
    unit {int} NOT NULL,
    operator {text} NOT NULL,
    note {bytes} NOT NULL,
    added_by {int} NOT NULL,
    at {int} NOT NULL,
    UNIQUE (subject_index, kind, unit)
) {strict};
