-- What departments are asked for, and what the services of a life event promise together.
INSERT INTO supervision_rule (id, version, kind, level, threshold, step_limit, role, told, active, at, account) VALUES
    ('opinion-soon', 1, 'opinion_soon', 'warning', 1, 0, '', 'handler', 1, 0, 0),
    ('opinion-over', 1, 'opinion_over', 'yellow', 0, 0, '', 'handler|leader', 1, 0, 0),
    ('opinion-late', 1, 'opinion_over', 'red', 3, 0, '', 'handler|leader|supervisor', 1, 0, 0),
    ('event-soon', 1, 'event_soon', 'warning', 2, 0, '', 'handler|leader', 1, 0, 0),
    ('event-over', 1, 'event_over', 'red', 0, 0, '', 'handler|leader|supervisor', 1, 0, 0);
