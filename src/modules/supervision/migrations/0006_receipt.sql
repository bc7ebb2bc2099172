-- The answer about acceptance is warned of like what is due later (行政许可法 art. 32), by the days the rule about
-- its delay has.
INSERT INTO supervision_rule (id, version, kind, level, threshold, step_limit, role, told, active, at, account)
    SELECT 'receipt-soon', 1, 'step_soon', 'warning', 1, x.step_limit, 'desk', 'supervisor', 1, 0, 0
    FROM supervision_rule x WHERE x.id = 'receipt-over'
    AND x.version = (SELECT MAX(y.version) FROM supervision_rule y WHERE y.id = 'receipt-over');
-- What waits already is looked at with it.
UPDATE supervision_case SET next_at = 0;
