-- Entries of one state in order of codes: few are withdrawn, and finding none must not read all.
CREATE INDEX data_entry_state ON data_entry (state, code);
