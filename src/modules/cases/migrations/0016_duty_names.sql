-- Names of what is owed or promised stood in the state in the open: the job case.seal_old seals them too.
INSERT INTO case_unsealed (case_id) SELECT id FROM case_file WHERE state LIKE '%"duties":[{%' AND id NOT IN (SELECT case_id FROM case_unsealed);
