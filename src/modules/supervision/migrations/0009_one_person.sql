-- Such a rule spoke where its number was 1, or where a service asked for two persons, which none could. Now it
-- speaks wherever it is in force: those that never could are put out of force.
INSERT INTO supervision_rule (id, version, kind, level, threshold, step_limit, role, told, active, at, account, scope, name, reason, ended)
    SELECT x.id, x.version + 1, x.kind, x.level, 0, 0, x.role, x.told, 0, 0, 0, x.scope, x.name, '', 0
    FROM supervision_rule x WHERE x.kind = 'one_person' AND x.threshold = 0 AND x.active = 1 AND x.ended = 0
    AND x.version = (SELECT MAX(y.version) FROM supervision_rule y WHERE y.id = x.id);
