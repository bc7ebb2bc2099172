-- Colleagues of a department, chosen from a list.
CREATE INDEX account_unit ON account (realm, unit, id);
