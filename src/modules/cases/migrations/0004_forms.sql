-- The version of the form (modules/forms) a case was begun under, where its service names one; 0: the service has its own.
ALTER TABLE case_file ADD COLUMN form_version {int} NOT NULL DEFAULT 0;
