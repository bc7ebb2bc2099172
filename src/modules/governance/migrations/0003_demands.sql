-- What a department needs of others, and what became of it.
CREATE TABLE data_demand (
    id {int} NOT NULL PRIMARY KEY,
    unit {int} NOT NULL,
    asked_by {int} NOT NULL,
    name {text} NOT NULL,
    service {text} NOT NULL,
    basis {text} NOT NULL,
    cycle {text} NOT NULL,
    words {text} NOT NULL,
    state {text} NOT NULL,
    provider {int} NOT NULL,
    entry {int} NOT NULL,
    reason {text} NOT NULL,
    law {text} NOT NULL,
    answered_by {int} NOT NULL,
    rating {int} NOT NULL,
    evaluation {text} NOT NULL,
    opened {int} NOT NULL,
    due {int} NOT NULL,
    changed {int} NOT NULL
) {strict};
CREATE INDEX data_demand_unit ON data_demand (unit, id);
CREATE INDEX data_demand_provider ON data_demand (provider, state, id);
CREATE INDEX data_demand_state ON data_demand (state, id);
