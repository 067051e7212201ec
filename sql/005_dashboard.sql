-- SPDX-License-Identifier: Apache-2.0
--
-- 005 dashboard: what its pages need.

-- Discoveries (docs/discoveries.md) are runs of kind 6 on a hidden target of their own: so few at one time in the whole cluster.
-- Of the slots of the queue it has the last: id & 15.
insert into automations (id, name, provider, connection, max_in_flight, hidden)
    values (-1, 'Discovery', 'http', '{}', 4, true);
insert into scenarios (id, automation_id, name, hidden) values (-1, -1, 'Discovery', true);
insert into scenario_versions (scenario_id, version, body) values (-1, 1, '{}');
insert into queue_target (target_id, slot, max_in_flight) values (-1, 15, 4);
