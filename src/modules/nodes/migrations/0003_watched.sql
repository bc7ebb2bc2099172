-- What watching over calls needs of those that were sent: which system asked, who asked at it, which items, how long the answer took, and numbers for the other node and its service. 0 and "": of before this was kept.
ALTER TABLE node_asked ADD COLUMN system {int} NOT NULL DEFAULT 0;
ALTER TABLE node_asked ADD COLUMN operator {text} NOT NULL DEFAULT '';
ALTER TABLE node_asked ADD COLUMN fields {text} NOT NULL DEFAULT '';
ALTER TABLE node_asked ADD COLUMN mode {text} NOT NULL DEFAULT '';
ALTER TABLE node_asked ADD COLUMN took_us {int} NOT NULL DEFAULT 0;
ALTER TABLE node_asked ADD COLUMN party {int} NOT NULL DEFAULT 0;
ALTER TABLE node_asked ADD COLUMN data {int} NOT NULL DEFAULT 0;

-- Other nodes and their services, by numbers that sums and lists can be made of.
CREATE TABLE node_number (
    kind {text} NOT NULL,
    code {text} NOT NULL,
    id {int} NOT NULL,
    PRIMARY KEY (kind, code)
) {strict};
CREATE INDEX node_number_id ON node_number (kind, id);
INSERT INTO node_number (kind, code, id) SELECT 'node', node, MIN(id) FROM node_asked GROUP BY node;
INSERT INTO node_number (kind, code, id) SELECT 'service', service, MIN(id) FROM node_asked GROUP BY service;
UPDATE node_asked SET
    party = (SELECT n.id FROM node_number n WHERE n.kind = 'node' AND n.code = node_asked.node),
    data = (SELECT n.id FROM node_number n WHERE n.kind = 'service' AND n.code = node_asked.service);
CREATE INDEX node_asked_data ON node_asked (data, id);
