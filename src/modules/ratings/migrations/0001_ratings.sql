CREATE TABLE rating (
    id {int} NOT NULL PRIMARY KEY,
    case_id {int} NOT NULL UNIQUE,
    case_no {text} NOT NULL,
    item {int} NOT NULL,
    item_version {int} NOT NULL,
    item_name {text} NOT NULL,
    unit {int} NOT NULL,
    division {text} NOT NULL,
    channel {text} NOT NULL,
    level {int} NOT NULL,
    reasons {text} NOT NULL,
    reasons_version {int} NOT NULL,
    said {bytes} NOT NULL,
    rater {int} NOT NULL,
    at {int} NOT NULL,
    excluded {int} NOT NULL
) {strict};
CREATE INDEX rating_unit ON rating (unit, id);

CREATE TABLE rating_total (
    item {int} NOT NULL,
    unit {int} NOT NULL,
    level {int} NOT NULL,
    count {int} NOT NULL,
    PRIMARY KEY (item, unit, level)
) {strict};
CREATE INDEX rating_total_unit ON rating_total (unit, item, level);

CREATE TABLE rectification (
    rating {int} NOT NULL PRIMARY KEY,
    unit {int} NOT NULL,
    division {text} NOT NULL,
    status {text} NOT NULL,
    days {int} NOT NULL,
    opened {int} NOT NULL,
    due {int} NOT NULL,
    finding {bytes} NOT NULL,
    verified_by {int} NOT NULL,
    verified_at {int} NOT NULL,
    measure {bytes} NOT NULL,
    measured_by {int} NOT NULL,
    measured_at {int} NOT NULL,
    reply {bytes} NOT NULL,
    callback {text} NOT NULL,
    published {int} NOT NULL,
    closed_by {int} NOT NULL,
    closed_at {int} NOT NULL
) {strict};
CREATE INDEX rectification_unit ON rectification (unit, status, rating);
CREATE INDEX rectification_open ON rectification (status, rating);
CREATE INDEX rectification_published ON rectification (published, closed_at);

CREATE TABLE rating_exclusion (
    rating {int} NOT NULL PRIMARY KEY,
    status {text} NOT NULL,
    reason {bytes} NOT NULL,
    asked_by {int} NOT NULL,
    asked_at {int} NOT NULL,
    answer {bytes} NOT NULL,
    decided_by {int} NOT NULL,
    decided_at {int} NOT NULL
) {strict};
