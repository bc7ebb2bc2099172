-- Cases that cannot go on because a decision model gives no answer.
INSERT INTO supervision_rule (id, version, kind, level, threshold, step_limit, role, told, active, at, account) VALUES
    ('stuck', 1, 'stuck', 'yellow', 0, 0, '', 'handler|leader', 1, 0, 0),
    ('stuck-long', 1, 'stuck', 'red', 3, 0, '', 'handler|leader|supervisor', 1, 0, 0);
