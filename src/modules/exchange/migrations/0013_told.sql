-- What departments that use data are told: a new version, a withdrawal, a pause; and what becomes of their requests.
CREATE TABLE exchange_told (
    id {int} NOT NULL PRIMARY KEY,
    unit {int} NOT NULL,
    kind {text} NOT NULL,
    entry {int} NOT NULL REFERENCES data_entry (id),
    version {int} NOT NULL,
    permit {int} NOT NULL,
    words {text} NOT NULL,
    at {int} NOT NULL,
    noted_by {int} NOT NULL,
    noted_at {int} NOT NULL
) {strict};
CREATE INDEX exchange_told_unit ON exchange_told (unit, id);
CREATE INDEX exchange_told_unread ON exchange_told (unit, id) WHERE noted_at = 0;

-- Who uses an entry.
CREATE INDEX share_permit_entry ON share_permit (entry, unit);

-- Why its provider suspended a resource ("suspended" beside "open" and "closed").
ALTER TABLE data_resource ADD COLUMN words {text} NOT NULL DEFAULT '';

-- By what entries are narrowed down beside how they are shared.
ALTER TABLE data_entry ADD COLUMN class {text} NOT NULL DEFAULT '';
ALTER TABLE data_entry ADD COLUMN open {text} NOT NULL DEFAULT '';
UPDATE data_entry SET
    class = CASE WHEN doc || draft LIKE '%"class":"base"%' THEN 'base'
                 WHEN doc || draft LIKE '%"class":"theme"%' THEN 'theme' ELSE 'department' END,
    open = CASE WHEN doc || draft LIKE '%"open":"free"%' THEN 'free'
                WHEN doc || draft LIKE '%"open":"conditional"%' THEN 'conditional' ELSE 'no' END;
