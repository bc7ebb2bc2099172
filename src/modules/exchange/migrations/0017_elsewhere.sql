-- What bound resources said about the applicant of a case, for its form, its documents and its officers: asked before
-- the page, kept under the person's key. way: "query", "check" (a sitting long), "fact" (as long as the case).
CREATE TABLE exchange_elsewhere (
    case_id {int} NOT NULL,
    subject {int} NOT NULL,
    resource {text} NOT NULL,
    way {text} NOT NULL,
    at {int} NOT NULL,
    fields {text} NOT NULL,
    result {text} NOT NULL,
    found {int} NOT NULL,
    data {bytes} NOT NULL,
    PRIMARY KEY (case_id, subject, resource, way)
) {strict};
CREATE INDEX exchange_elsewhere_at ON exchange_elsewhere (way, at);
CREATE INDEX exchange_elsewhere_subject ON exchange_elsewhere (subject);
