-- What was filled in at a step whose model asks a form (modules/forms), sealed under the applicant's key. step: as the process names it; account 0: the applicant.
CREATE TABLE case_step_form (
    id {int} NOT NULL PRIMARY KEY,
    case_id {int} NOT NULL,
    token {int} NOT NULL,
    step {text} NOT NULL,
    form {text} NOT NULL,
    form_version {int} NOT NULL,
    filled {bytes},
    made_at {int} NOT NULL,
    account {int} NOT NULL
) {strict};
CREATE UNIQUE INDEX case_step_form_task ON case_step_form (case_id, token);
