-- The answer about acceptance is warned of like what is due later (行政许可法 art. 32).
INSERT INTO supervision_rule (id, version, kind, level, threshold, step_limit, role, told, active, at, account) VALUES
    ('receipt-soon', 1, 'step_soon', 'warning', 1, 5, 'desk', 'supervisor', 1, 0, 0);
