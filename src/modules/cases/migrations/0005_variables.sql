-- What systems, messages and scripts have set in the process of a case: sealed under the applicant's key. The state keeps the names alone.
ALTER TABLE case_file ADD COLUMN variables {bytes};
