-- Whose call it is: the department here that asked, or whose data were asked for. 0: of before this was kept.
ALTER TABLE node_asked ADD COLUMN unit {int} NOT NULL DEFAULT 0;
CREATE INDEX node_asked_unit ON node_asked (unit, id);
ALTER TABLE node_served ADD COLUMN unit {int} NOT NULL DEFAULT 0;
CREATE INDEX node_served_unit ON node_served (unit, id);
