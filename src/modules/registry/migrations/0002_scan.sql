-- Passes over one register in order of records.
CREATE INDEX registry_record_scan ON registry_record (resource, id);
