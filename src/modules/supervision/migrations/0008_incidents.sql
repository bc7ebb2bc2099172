-- Cases that cannot go on because a system gave a task up, or the program a job; messages about what was mended are gone.
INSERT INTO supervision_rule (id, version, kind, level, threshold, step_limit, role, told, active, at, account) VALUES
    ('incident', 1, 'incident', 'yellow', 0, 0, '', 'handler|leader|steward', 1, 0, 0),
    ('incident-long', 1, 'incident', 'red', 3, 0, '', 'handler|leader|steward|supervisor', 1, 0, 0),
    ('halted', 1, 'halted', 'yellow', 0, 0, '', 'handler|leader|operator', 1, 0, 0),
    ('halted-long', 1, 'halted', 'red', 3, 0, '', 'handler|leader|operator|supervisor', 1, 0, 0);
CREATE INDEX supervision_message_finding ON supervision_message (finding_id) WHERE read_at = 0;
-- What waits already is looked at with them.
UPDATE supervision_case SET next_at = 0;
