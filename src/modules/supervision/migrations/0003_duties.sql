-- Documents that are to follow, promises that are to be verified.
INSERT INTO supervision_rule (id, version, kind, level, threshold, step_limit, role, told, active, at, account) VALUES
    ('owed-soon', 1, 'owed_soon', 'yellow', 3, 0, '', 'applicant|handler', 1, 0, 0),
    ('owed-over', 1, 'owed_over', 'red', 0, 0, '', 'handler|leader|supervisor', 1, 0, 0),
    ('promise-soon', 1, 'promise_soon', 'yellow', 3, 0, '', 'handler', 1, 0, 0),
    ('promise-over', 1, 'promise_over', 'red', 0, 0, '', 'handler|leader|supervisor', 1, 0, 0);
