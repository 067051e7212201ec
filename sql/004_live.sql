-- SPDX-License-Identifier: Apache-2.0
--
-- 004 live: what watching events needs beside the events themselves.

-- Tickets of POST /events/ticket: good for one connection, for half a minute, instead of credentials. What a client holds is not
-- here, only its SHA-256.
create table tickets (
    hash        bytea primary key,
    user_name   text,                                    -- null: whoever it was had none
    role        text not null,                           -- what he was when he asked for it; it gives no more than that
    expires_at  timestamptz not null
);
create index tickets_expiry on tickets (expires_at);
