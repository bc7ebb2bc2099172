-- Whose call it is: of the node that asked. An id that one node used takes nothing from another.
CREATE TABLE node_served_by_node (
    id {int} NOT NULL PRIMARY KEY,
    node {text} NOT NULL,
    client {text} NOT NULL,
    call {text} NOT NULL,
    service {text} NOT NULL,
    content {text} NOT NULL,
    result {text} NOT NULL,
    digest {text} NOT NULL,
    answer {bytes} NOT NULL,
    times {int} NOT NULL,
    at {int} NOT NULL,
    unit {int} NOT NULL DEFAULT 0,
    UNIQUE (node, client, call)
) {strict};
INSERT INTO node_served_by_node (id, node, client, call, service, content, result, digest, answer, times, at, unit)
SELECT id, node, client, call, service, content, result, digest, answer, times, at, unit FROM node_served;
DROP TABLE node_served;
ALTER TABLE node_served_by_node RENAME TO node_served;
CREATE INDEX node_served_at ON node_served (at);
CREATE INDEX node_served_unit ON node_served (unit, id);
