-- Since when nobody does it any more (retries 0); 0: it is not given up.
ALTER TABLE external_task ADD COLUMN given_up {int} NOT NULL DEFAULT 0;
UPDATE external_task SET given_up = created WHERE retries = 0;
