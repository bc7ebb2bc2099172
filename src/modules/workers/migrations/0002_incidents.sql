-- Who supervises the whole place sees the incidents of all departments.
CREATE INDEX external_task_incident ON external_task (id) WHERE retries = 0;
