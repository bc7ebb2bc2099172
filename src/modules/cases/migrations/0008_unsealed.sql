-- Cases whose process kept what was brought into it in the open, before 0005: the job case.seal_old seals it, and takes them out.
CREATE TABLE case_unsealed (
    case_id {int} NOT NULL PRIMARY KEY
) {strict};
INSERT INTO case_unsealed (case_id) SELECT id FROM case_file WHERE variables IS NULL AND state LIKE '%"variables":[{%';
