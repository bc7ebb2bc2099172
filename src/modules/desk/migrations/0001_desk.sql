CREATE TABLE desk_group (
    letter {text} NOT NULL PRIMARY KEY,
    name {text} NOT NULL,
    en {text} NOT NULL
) {strict};
INSERT INTO desk_group (letter, name, en) VALUES ('A', '综合受理', 'All services'), ('B', '统一出件', 'Collecting results'),
    ('C', '预约办理', 'With an appointment');

CREATE TABLE desk_ticket (
    id {int} NOT NULL PRIMARY KEY,
    hall {text} NOT NULL,
    day {int} NOT NULL,
    letter {text} NOT NULL,
    number {int} NOT NULL,
    waits_for {text} NOT NULL,
    state {text} NOT NULL,
    place {text} NOT NULL,
    issued {int} NOT NULL,
    called {int} NOT NULL,
    calls {int} NOT NULL,
    account {int} NOT NULL,
    UNIQUE (hall, day, letter, number)
) {strict};
CREATE INDEX desk_ticket_waiting ON desk_ticket (hall, day, waits_for, issued, id) WHERE state = 'waiting';
CREATE INDEX desk_ticket_called ON desk_ticket (hall, day, called, id) WHERE called > 0;
CREATE INDEX desk_ticket_mine ON desk_ticket (account, day, called) WHERE state = 'called';

CREATE TABLE desk_appointment (
    id {int} NOT NULL PRIMARY KEY,
    hall {text} NOT NULL,
    day {int} NOT NULL,
    slot {text} NOT NULL,
    place {int} NOT NULL,
    item {int} NOT NULL,
    subject {int} NOT NULL,
    ticket {int} NOT NULL,
    made {int} NOT NULL,
    UNIQUE (hall, day, slot, place)
) {strict};
CREATE INDEX desk_appointment_subject ON desk_appointment (subject, day, id);

CREATE TABLE desk_cursor (
    id {int} NOT NULL PRIMARY KEY,
    act {int} NOT NULL
) {strict};

CREATE TABLE desk_paper (
    upload {int} NOT NULL PRIMARY KEY,
    case_id {int} NOT NULL,
    case_no {text} NOT NULL,
    unit_id {int} NOT NULL,
    division {text} NOT NULL,
    material {text} NOT NULL,
    copies {int} NOT NULL,
    list {int} NOT NULL
) {strict};
CREATE INDEX desk_paper_waiting ON desk_paper (unit_id, upload) WHERE list = 0;
CREATE INDEX desk_paper_list ON desk_paper (list, upload) WHERE list <> 0;

CREATE TABLE desk_list (
    id {int} NOT NULL PRIMARY KEY,
    unit_id {int} NOT NULL,
    division {text} NOT NULL,
    papers {int} NOT NULL,
    given_by {int} NOT NULL,
    given {int} NOT NULL,
    taken_by {int} NOT NULL,
    taken {int} NOT NULL
) {strict};
CREATE INDEX desk_list_unit ON desk_list (unit_id, id);

CREATE TABLE desk_exit (
    case_id {int} NOT NULL PRIMARY KEY,
    case_no {text} NOT NULL,
    unit_id {int} NOT NULL,
    division {text} NOT NULL,
    applicant {int} NOT NULL,
    item_name {text} NOT NULL,
    what {text} NOT NULL,
    who {text} NOT NULL,
    taker {bytes} NOT NULL,
    at {int} NOT NULL,
    account {int} NOT NULL
) {strict};
CREATE INDEX desk_exit_at ON desk_exit (at, case_id);

CREATE TABLE desk_parcel (
    id {int} NOT NULL PRIMARY KEY,
    case_id {int} NOT NULL,
    case_no {text} NOT NULL,
    division {text} NOT NULL,
    applicant {int} NOT NULL,
    carrier {text} NOT NULL,
    number {text} NOT NULL,
    state {text} NOT NULL,
    sent {int} NOT NULL,
    changed {int} NOT NULL,
    account {int} NOT NULL,
    UNIQUE (carrier, number)
) {strict};
CREATE INDEX desk_parcel_case ON desk_parcel (case_id, id);
CREATE INDEX desk_parcel_open ON desk_parcel (id) WHERE state NOT IN ('delivered', 'returned');

CREATE TABLE desk_visit (
    account {int} NOT NULL PRIMARY KEY,
    subject {int} NOT NULL,
    code {bytes} NOT NULL,
    tries {int} NOT NULL,
    confirmed {int} NOT NULL,
    until {int} NOT NULL
) {strict};
