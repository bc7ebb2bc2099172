CREATE TABLE inbox_message (
    id {int} NOT NULL PRIMARY KEY,
    subject {int} NOT NULL,
    msgid {text} NOT NULL,
    params {bytes} NOT NULL,
    href {text} NOT NULL,
    read_at {int} NOT NULL,
    created {int} NOT NULL
) {strict};
CREATE INDEX inbox_message_subject ON inbox_message (subject, id);
CREATE INDEX inbox_message_unread ON inbox_message (subject, read_at);

CREATE TABLE outbox (
    id {int} NOT NULL PRIMARY KEY,
    subject {int} NOT NULL,
    channel {text} NOT NULL,
    recipient {bytes} NOT NULL,
    text {bytes} NOT NULL,
    status {text} NOT NULL,
    tries {int} NOT NULL,
    created {int} NOT NULL,
    sent_at {int} NOT NULL
) {strict};
CREATE INDEX outbox_created ON outbox (created);
