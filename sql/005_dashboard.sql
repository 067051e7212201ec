-- SPDX-License-Identifier: Apache-2.0
--
-- 005 dashboard: nothing yet.
select 1;
