-- A person's messages, newest first, and how many of them are unread: one index tells both.
DROP INDEX inbox_message_unread;
DROP INDEX inbox_message_subject;
CREATE INDEX inbox_message_of ON inbox_message (subject, id, read_at);
