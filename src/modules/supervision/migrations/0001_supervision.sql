CREATE TABLE supervision_rule (
    id {text} NOT NULL,
    version {int} NOT NULL,
    kind {text} NOT NULL,
    level {text} NOT NULL,
    threshold {int} NOT NULL,
    step_limit {int} NOT NULL,
    role {text} NOT NULL,
    told {text} NOT NULL,
    active {int} NOT NULL,
    at {int} NOT NULL,
    account {int} NOT NULL,
    PRIMARY KEY (id, version)
) {strict};
INSERT INTO supervision_rule (id, version, kind, level, threshold, step_limit, role, told, active, at, account) VALUES
    ('case-soon', 1, 'case_soon', 'warning', 2, 0, '', 'handler', 1, 0, 0),
    ('case-due', 1, 'case_soon', 'yellow', 1, 0, '', 'handler|leader', 1, 0, 0),
    ('case-over', 1, 'case_over', 'red', 0, 0, '', 'handler|leader|supervisor', 1, 0, 0),
    ('receipt-over', 1, 'step_over', 'yellow', 0, 5, 'desk', 'supervisor', 1, 0, 0),
    ('step-soon', 1, 'step_soon', 'warning', 1, 5, 'office', 'handler', 1, 0, 0),
    ('step-over', 1, 'step_over', 'yellow', 0, 5, 'office', 'handler|leader', 1, 0, 0),
    ('step-order', 1, 'step_order', 'yellow', 0, 0, '', 'leader|supervisor', 1, 0, 0),
    ('step-missing', 1, 'step_missing', 'red', 0, 0, '', 'leader|supervisor', 1, 0, 0),
    ('fee-other', 1, 'fee', 'red', 0, 0, '', 'leader|supervisor', 1, 0, 0),
    ('asked-twice', 1, 'asked_twice', 'yellow', 0, 0, '', 'handler|leader', 1, 0, 0),
    ('asked-unlisted', 1, 'unlisted', 'red', 0, 0, '', 'leader|supervisor', 1, 0, 0),
    ('unaccepted', 1, 'unaccepted', 'red', 0, 0, '', 'leader|supervisor', 1, 0, 0),
    ('decided-at-desk', 1, 'desk', 'red', 0, 0, '', 'leader|supervisor', 1, 0, 0),
    ('one-person', 1, 'one_person', 'red', 0, 0, '', 'leader|supervisor', 1, 0, 0);

CREATE TABLE supervision_case (
    case_id {int} NOT NULL PRIMARY KEY,
    unit_id {int} NOT NULL,
    division {text} NOT NULL,
    level {int} NOT NULL,
    next_at {int} NOT NULL
) {strict};
CREATE INDEX supervision_case_next ON supervision_case (next_at, case_id);
CREATE INDEX supervision_case_unit ON supervision_case (unit_id, level, division);

CREATE TABLE supervision_cursor (
    id {int} NOT NULL PRIMARY KEY,
    act {int} NOT NULL
) {strict};

CREATE TABLE supervision_finding (
    id {int} NOT NULL PRIMARY KEY,
    case_id {int} NOT NULL,
    case_no {text} NOT NULL,
    item_name {text} NOT NULL,
    unit_id {int} NOT NULL,
    division {text} NOT NULL,
    rule {text} NOT NULL,
    rule_version {int} NOT NULL,
    kind {text} NOT NULL,
    level {int} NOT NULL,
    place {text} NOT NULL,
    account {int} NOT NULL,
    since {int} NOT NULL,
    found {int} NOT NULL,
    ended {int} NOT NULL,
    excused {int} NOT NULL,
    order_id {int} NOT NULL,
    UNIQUE (case_id, rule, place)
) {strict};
CREATE INDEX supervision_finding_all ON supervision_finding (id, level);
CREATE INDEX supervision_finding_unit ON supervision_finding (unit_id, id, level);
CREATE INDEX supervision_finding_standing ON supervision_finding (unit_id, level, id) WHERE ended = 0;
CREATE INDEX supervision_finding_open ON supervision_finding (level, id) WHERE ended = 0;

CREATE TABLE supervision_total (
    unit_id {int} NOT NULL,
    month {int} NOT NULL,
    level {int} NOT NULL,
    kind {text} NOT NULL,
    count {int} NOT NULL,
    PRIMARY KEY (unit_id, month, level, kind)
) {strict};
CREATE INDEX supervision_total_month ON supervision_total (month, unit_id);

CREATE TABLE supervision_order (
    id {int} NOT NULL PRIMARY KEY,
    finding_id {int} NOT NULL,
    case_id {int} NOT NULL,
    case_no {text} NOT NULL,
    item_name {text} NOT NULL,
    unit_id {int} NOT NULL,
    division {text} NOT NULL,
    applicant {int} NOT NULL,
    level {int} NOT NULL,
    issued_by {int} NOT NULL,
    issued {int} NOT NULL,
    days {int} NOT NULL,
    due {int} NOT NULL,
    status {text} NOT NULL,
    closed {int} NOT NULL
) {strict};
CREATE INDEX supervision_order_unit ON supervision_order (unit_id, id);
CREATE INDEX supervision_order_open ON supervision_order (due, id) WHERE closed = 0;
CREATE INDEX supervision_order_unit_open ON supervision_order (unit_id, due, id) WHERE closed = 0;

CREATE TABLE supervision_order_step (
    order_id {int} NOT NULL,
    n {int} NOT NULL,
    act {text} NOT NULL,
    at {int} NOT NULL,
    account {int} NOT NULL,
    words {bytes} NOT NULL,
    PRIMARY KEY (order_id, n)
) {strict};

CREATE TABLE supervision_message (
    id {int} NOT NULL PRIMARY KEY,
    told {text} NOT NULL,
    unit_id {int} NOT NULL,
    division {text} NOT NULL,
    account {int} NOT NULL,
    what {text} NOT NULL,
    finding_id {int} NOT NULL,
    order_id {int} NOT NULL,
    case_no {text} NOT NULL,
    read_at {int} NOT NULL,
    read_by {int} NOT NULL
) {strict};
CREATE INDEX supervision_message_unit ON supervision_message (unit_id, told, id) WHERE read_at = 0;
CREATE INDEX supervision_message_account ON supervision_message (account, id) WHERE read_at = 0;
CREATE INDEX supervision_message_told ON supervision_message (told, id) WHERE read_at = 0;

CREATE TABLE supervision_charge (
    case_id {int} NOT NULL PRIMARY KEY,
    amount {int} NOT NULL,
    at {int} NOT NULL,
    account {int} NOT NULL
) {strict};
