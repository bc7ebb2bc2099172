-- Acts that are about nobody need no place among those of a subject.
DROP INDEX evidence_subject;
CREATE INDEX evidence_subject ON evidence (subject, id) WHERE subject <> 0;
