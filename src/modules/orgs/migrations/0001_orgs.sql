CREATE TABLE division (
    code {text} NOT NULL PRIMARY KEY,
    name {text} NOT NULL,
    parent {text} NOT NULL
) {strict};
CREATE INDEX division_parent ON division (parent, code);
CREATE TABLE org_unit (
    id {int} NOT NULL PRIMARY KEY,
    kind {text} NOT NULL,
    division {text} NOT NULL,
    name {text} NOT NULL,
    en {text} NOT NULL,
    uscc {text} NOT NULL,
    phone {text} NOT NULL,
    address {text} NOT NULL,
    hours {text} NOT NULL,
    UNIQUE (kind, division, name)
) {strict};
CREATE TABLE calendar_day (
    date {int} NOT NULL PRIMARY KEY,
    working {int} NOT NULL,
    name {text} NOT NULL
) {strict};
CREATE TABLE setting (
    name {text} NOT NULL PRIMARY KEY,
    value {text} NOT NULL
) {strict};
