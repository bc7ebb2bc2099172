-- Who may ask, at the system: names as it declares them, "*" for anyone it names; its own code for the system
-- itself, where it names nobody. Permits from before bound no one.
ALTER TABLE share_permit ADD COLUMN operators {text} NOT NULL DEFAULT '*';
UPDATE share_permit SET operators = COALESCE('*,' || (SELECT s.code FROM exchange_system s WHERE s.id =
    share_permit.system), '*')
    WHERE compat = 1 OR modes LIKE '%subscribe%' OR EXISTS (SELECT 1 FROM exchange_system s WHERE s.id = share_permit.system
    AND s.code LIKE '%/%');
