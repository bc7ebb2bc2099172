-- Lists of calls for who asks, for who provides, and of those that were refused: by key, newest first.
CREATE INDEX exchange_call_unit ON exchange_call (unit, id);
CREATE INDEX exchange_call_resource ON exchange_call (resource, id);
CREATE INDEX exchange_call_refused ON exchange_call (unit, id) WHERE result <> 'ok';
