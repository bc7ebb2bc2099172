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

-- How a subject wants to be reached. address: confirmed; pending: asked for, code_digest of the code sent there. Both sealed, empty where there is none.
CREATE TABLE notice_choice (
    subject {int} NOT NULL PRIMARY KEY,
    sms {int} NOT NULL,
    mail {int} NOT NULL,
    address {bytes} NOT NULL,
    pending {bytes} NOT NULL,
    code_digest {bytes} NOT NULL,
    attempts {int} NOT NULL,
    expires {int} NOT NULL
) {strict};
