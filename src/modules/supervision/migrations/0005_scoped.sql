-- Rules for a part of all cases: "" everywhere, "division:7801", "type:01", "unit:12", "item:CODE". reason: why this version was made. ended: kept for the record, speaks no more.
ALTER TABLE supervision_rule ADD COLUMN scope {text} NOT NULL DEFAULT '';
ALTER TABLE supervision_rule ADD COLUMN name {text} NOT NULL DEFAULT '';
ALTER TABLE supervision_rule ADD COLUMN reason {text} NOT NULL DEFAULT '';
ALTER TABLE supervision_rule ADD COLUMN ended {int} NOT NULL DEFAULT 0;
