-- Orders stand on the page of their case.
CREATE INDEX supervision_order_case ON supervision_order (case_id, id);
