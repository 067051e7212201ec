/* SPDX-License-Identifier: Apache-2.0 */
#include "model/trace_source_model.h"

#include <stddef.h>
#include "model/project_model.h"

#define OURS BM_FIELD_READ_ONLY
#define MAYBE (BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE)

#define PUSHED(column) "(select p." column " from trace_pushed p where p.source_id = id)"

static const bm_field_t label_fields[] = {
    { BM_FIELD_EACH, BM_TYPE_STRING, 0, 1, 200, .doc = "JSON Pointer into the metadata of traces." },
    { NULL }
};

static const bm_field_t stage_fields[] = {
    { "name", BM_TYPE_STRING, BM_FIELD_REQUIRED, 1, BM_WORDS_NAME_MAX, .doc = "What it is called in sessions: max_chapter." },
    { "tag_prefix", BM_TYPE_STRING, BM_FIELD_REQUIRED, 1, 100,
      .doc = "A tag that begins so, with up to four digits behind it, is a stage: chapter_." },
    { NULL }
};

static const bm_field_t completing_fields[] = {
    { "type", BM_TYPE_STRING, BM_FIELD_ABSENT, 1, 50, .doc = "Its type: AGENT." },
    { "name", BM_TYPE_STRING, BM_FIELD_ABSENT, 1, 1000, .doc = "Its name." },
    { NULL }
};

static const bm_field_t complete_fields[] = {
    { "stage", BM_TYPE_INT, BM_FIELD_ABSENT, 0, 9999, .doc = "It has reached this stage." },
    { "observation", BM_TYPE_OBJECT, BM_FIELD_ABSENT, .members = completing_fields, .doc = "Or it has such an observation." },
    { NULL }
};

static const bm_field_t category_fields[] = {
    { "pattern", BM_TYPE_STRING, BM_FIELD_REQUIRED, 1, 500,
      .doc = "Regular expression (PCRE2), found anywhere in an agent's name." },
    { "category", BM_TYPE_STRING, BM_FIELD_REQUIRED, 1, 100, .doc = "What such agents are." },
    { NULL }
};

static const bm_field_t bodies_fields[] = {
    { "max_bytes", BM_TYPE_INT, BM_FIELD_ABSENT, 100, 1000000, .doc = "Bytes of each, longer ones are cut; absent: 10000." },
    { "redact", BM_TYPE_STRINGS, BM_FIELD_ABSENT, 0, 50, .doc = "Regular expressions (PCRE2): what they find is stored as ***." },
    { NULL }
};

static const bm_field_t words_fields[] = {
    { "labels", BM_TYPE_OBJECT, BM_FIELD_ABSENT, .members = label_fields,
      .doc = "What is told of sessions, by name, and where the metadata of their traces have it; 20 at most." },
    { "stage", BM_TYPE_OBJECT, BM_FIELD_ABSENT, .members = stage_fields, .doc = "How far a session is, by tags of its traces." },
    { "complete", BM_TYPE_OBJECT, BM_FIELD_ABSENT, .members = complete_fields,
      .doc = "When a session is complete; absent: none ever is." },
    { "categories", BM_TYPE_ARRAY, BM_FIELD_ABSENT, 0, 100, .members = category_fields,
      .doc = "Of agents: the first that fits counts." },
    { NULL }
};

const bm_field_t bm_trace_source_fields[] = {
    { "id", BM_TYPE_INT, OURS, .doc = "Number of the source." },
    { "name", BM_TYPE_STRING, BM_FIELD_REQUIRED, 1, 100, .doc = "Name for people; no other source of its project has it." },
    { "description", BM_TYPE_STRING, BM_FIELD_NULLABLE, 0, 2000, .doc = "What it is." },
    { "kind", BM_TYPE_ENUM, BM_FIELD_FIXED, .values = BM_TRACE_SOURCE_KINDS, .fallback = "\"langfuse\"",
      .doc = "langfuse: a server that is mirrored; pushed: traces are sent to it (POST /otlp/v1/traces, POST /ingestion)." },
    { "url", BM_TYPE_STRING, BM_FIELD_NULLABLE, 1, 1000,
      .doc = "Address of the Langfuse server, without /api/public: https://cloud.langfuse.com; null: it is pushed." },
    { "public_key", BM_TYPE_STRING, BM_FIELD_NULLABLE, 1, 200,
      .doc = "Public key of the Langfuse project (pk-lf-...); null: it is pushed." },
    { "secret", BM_TYPE_STRING, BM_FIELD_NULLABLE, 1, 100,
      .doc = "Name of the secret that holds its secret key (sk-lf-...): one of this project's, or of BenchmarkSecret; null: it is"
             " pushed." },
    { "interval_seconds", BM_TYPE_INT, 0, 10, 86400, .fallback = "300", .doc = "How often the newest is read." },
    { "overlap_seconds", BM_TYPE_INT, 0, 0, 604800, .fallback = "7200",
      .doc = "What is read again each time, because observations come late, and change: the longest that takes." },
    { "backfill_days", BM_TYPE_INT, 0, 0, 3650, .fallback = "30",
      .doc = "How far into the past it is read, counted from its first sync." },
    { "page_size", BM_TYPE_INT, 0, 10, 1000, .fallback = "1000",
      .doc = "Observations of a request. Langfuse gives 1000 at most." },
    { "requests_per_minute", BM_TYPE_INT, BM_FIELD_NULLABLE, 1, 100000, .fallback = "30",
      .doc = "Requests that the server allows in a minute; fewer are sent. null: no limit, as of a server of one's own." },
    { "requests_per_day", BM_TYPE_INT, BM_FIELD_NULLABLE, 1, 10000000,
      .doc = "Most requests of a day (UTC); null: no limit." },
    { "paused", BM_TYPE_BOOL, 0, .fallback = "false",
      .doc = "Nothing is read unless somebody asks for it; nothing that is sent is taken." },
    { "pushed_at", BM_TYPE_TIME, MAYBE, .column = PUSHED("last_at"), .doc = "When something was last sent to it." },
    { "pushed", BM_TYPE_INT, MAYBE, .column = "case when kind = 'pushed' then coalesce(" PUSHED("received") ", 0) end",
      .doc = "Observations and traces that were sent to it, repeated ones too; null: it is not pushed." },
    { "pushed_refused", BM_TYPE_INT, MAYBE,
      .column = "case when kind = 'pushed' then coalesce(" PUSHED("refused") ", 0) end",
      .doc = "What was sent and could not be stored." },
    { "scores", BM_TYPE_BOOL, 0, .fallback = "true", .doc = "Scores are read, too: at least one request more in each pass." },
    { "bodies", BM_TYPE_OBJECT, BM_FIELD_NULLABLE, .members = bodies_fields, .schema = "TraceBodies",
      .doc = "What is kept of inputs and outputs from now on; null: they are not asked for." },
    { "words", BM_TYPE_OBJECT, BM_FIELD_NULLABLE, .members = words_fields, .schema = "TraceWords",
      .doc = "What its deployment calls things. What was there before is read anew by them." },
    BM_FIELD_PROJECT,
    { "created_by", BM_TYPE_STRING, MAYBE, .doc = "User who made it; null: anonymous." },
    { "created_at", BM_TYPE_TIME, OURS, .doc = "When it was made." },
    { "updated_at", BM_TYPE_TIME, OURS, .doc = "When it was last changed." },
    { NULL }
};

/* What is released while a pass is under way waits for its turn; of one that is paused nothing is to come. */
#define STATE "case when t.paused and y.state = 'running' and y.lease_until is null then 'idle' else y.state end"

const bm_field_t bm_trace_sync_fields[] = {
    { "source_id", BM_TYPE_INT, OURS, .column = "t.id", .doc = "Source." },
    { "name", BM_TYPE_STRING, OURS, .column = "t.name", .doc = "Its name." },
    { "status", BM_TYPE_ENUM, OURS, .values = BM_SYNC_STATES, .column = STATE,
      .doc = "running: a pass is under way; rate_limited: it waits because the server or a budget says so; error: it failed,"
             " and is tried again." },
    { "paused", BM_TYPE_BOOL, OURS, .column = "t.paused", .doc = "Nothing is read unless somebody asks for it." },
    { "error_message", BM_TYPE_STRING, MAYBE, .column = "y.message", .doc = "What the last attempt ran into; null: nothing." },
    { "last_sync_at", BM_TYPE_TIME, MAYBE, .column = "y.last_sync_at", .doc = "When the newest was last read to its end." },
    { "next_sync_at", BM_TYPE_TIME, MAYBE, .column = "case when not t.paused then y.next_at end",
      .doc = "When it is gone on with; null: it is paused." },
    { "is_stale", BM_TYPE_BOOL, OURS,
      .column = BM_TRACE_IS_STALE,
      .doc = "The newest was not read for twice the interval." },
    { "api", BM_TYPE_ENUM, MAYBE, .values = "v4|v1", .column = "y.api", .doc = "What the server speaks; null: not asked yet." },
    { "server_version", BM_TYPE_STRING, MAYBE, .column = "y.server_version", .doc = "What it says it is." },
    { "mirrored_from", BM_TYPE_TIME, MAYBE, .column = "y.seen_from", .doc = "Everything that began from then on ..." },
    { "mirrored_to", BM_TYPE_TIME, MAYBE, .column = "y.seen_to", .doc = "... to then is here, but for what came late." },
    { "backfill_progress", BM_TYPE_NUMBER, MAYBE,
      .column = "case when y.backfill_from > y.backfill_to then least(1, extract(epoch from y.backfill_from - y.seen_from)"
                " / extract(epoch from y.backfill_from - y.backfill_to))::float8 when y.backfill_to is not null then 1 end",
      .doc = "Part of the past that has been read, 0 to 1; null: not begun." },
    { "requests_today", BM_TYPE_INT, OURS,
      .column = "case when y.requests_day = (now() at time zone 'UTC')::date - date '1970-01-01' then y.requests else 0 end",
      .doc = "Requests of this day (UTC)." },
    { "failures", BM_TYPE_INT, OURS, .column = "y.failures", .doc = "Failed attempts in a row." },
    { "words_pending", BM_TYPE_BOOL, OURS, .column = "exists (select 1 from trace_rewording w where w.source_id = t.id)",
      .doc = "Its words were changed, and not all that was there before is read by them yet." },
    { NULL }
};

const bm_field_t bm_trace_pass_fields[] = {
    { "id", BM_TYPE_INT, OURS, .doc = "Number of the pass." },
    { "reason", BM_TYPE_ENUM, OURS, .values = "first|interval|asked", .doc = "Why it began." },
    { "status", BM_TYPE_ENUM, OURS, .values = "running|completed|failed", .column = "state", .doc = "How it goes, or ended." },
    { "started_at", BM_TYPE_TIME, OURS, .doc = "When it began." },
    { "ended_at", BM_TYPE_TIME, MAYBE, .doc = "When it ended; null: it is under way." },
    { "api", BM_TYPE_ENUM, MAYBE, .values = "v4|v1", .doc = "What the server spoke." },
    { "requests", BM_TYPE_INT, OURS, .doc = "Requests, failed ones too." },
    { "pages", BM_TYPE_INT, OURS, .doc = "Pages that are stored." },
    { "received", BM_TYPE_INT, OURS, .doc = "Observations in them." },
    { "changed", BM_TYPE_INT, OURS, .doc = "Of these new ones, and such that were different." },
    { "deleted", BM_TYPE_INT, OURS, .doc = "Observations that were no longer there." },
    { "refused", BM_TYPE_INT, OURS, .doc = "Elements without an id or a begin, which nobody can store." },
    { "limited", BM_TYPE_INT, OURS, .doc = "Answers that said to wait, or to ask for less." },
    { "failures", BM_TYPE_INT, OURS, .doc = "Attempts that failed." },
    { "error_message", BM_TYPE_STRING, MAYBE, .column = "message", .doc = "What it ran into last." },
    { NULL }
};

#define SUMS(alias) \
    { "input_tokens", BM_TYPE_INT, MAYBE, .column = alias ".input_tokens", .doc = "Tokens in." }, \
    { "output_tokens", BM_TYPE_INT, MAYBE, .column = alias ".output_tokens", .doc = "Tokens out." }, \
    { "total_tokens", BM_TYPE_INT, MAYBE, .column = alias ".total_tokens", .doc = "All tokens." }, \
    { "total_cost", BM_TYPE_NUMBER, MAYBE, .column = alias ".cost_nano / 1e9::numeric", .doc = "USD." }

#define TRACE_MEMBERS \
    { "id", BM_TYPE_STRING, OURS, .column = "t.id", .doc = "Id of the trace, as its source has it." }, \
    { "source_id", BM_TYPE_INT, OURS, .column = "t.source_id", .doc = "Source that it came from." }, \
    { "project_id", BM_TYPE_INT, OURS, .column = "t.project_id", .doc = "Project of that source." }, \
    { "name", BM_TYPE_STRING, MAYBE, .column = "coalesce(t.name, t.root_name)", \
      .doc = "Its name, or that of its first observation." }, \
    { "timestamp", BM_TYPE_TIME, OURS, .column = "t.start_time", .doc = "When it began." }, \
    { "latency_ms", BM_TYPE_NUMBER, MAYBE | BM_FIELD_MICROS, .column = "t.latency_us", \
      .doc = "Begin to last end; null: nothing has ended." }, \
    { "session_id", BM_TYPE_STRING, MAYBE, .column = "t.session_id", .doc = "Session." }, \
    { "user_id", BM_TYPE_STRING, MAYBE, .column = "t.user_id", .doc = "User, as the source has him." }, \
    { "environment", BM_TYPE_STRING, MAYBE, .column = "t.environment", .doc = "Environment." }, \
    { "release", BM_TYPE_STRING, MAYBE, .column = "t.release", .doc = "Release." }, \
    { "version", BM_TYPE_STRING, MAYBE, .column = "t.version", .doc = "Version." }, \
    { "tags", BM_TYPE_STRINGS, OURS, .column = "to_json(t.tags)", .doc = "Tags." }, \
    { "observations", BM_TYPE_INT, OURS, .column = "t.observations", .doc = "How many it has." }, \
    { "errors", BM_TYPE_INT, OURS, .column = "t.errors", .doc = "Of these of level ERROR." }, \
    { "stage", BM_TYPE_INT, MAYBE, .column = "t.stage", .doc = "Stage, by the words of its source." }, \
    SUMS("t"), \
    { "metadata", BM_TYPE_ANY, MAYBE | BM_FIELD_BULKY, .column = "t.metadata", .doc = "As the source has it." }

const bm_field_t bm_trace_fields[] = {
    TRACE_MEMBERS,
    { NULL }
};

#define OBSERVATION_MEMBERS \
    { "id", BM_TYPE_STRING, OURS, .column = "o.id", .doc = "Id of the observation, as its source has it." }, \
    { "source_id", BM_TYPE_INT, OURS, .column = "o.source_id", .doc = "Source that it came from." }, \
    { "trace_id", BM_TYPE_STRING, OURS, .column = "o.trace_id", .doc = "Trace." }, \
    { "parent_id", BM_TYPE_STRING, MAYBE, .column = "o.parent_id", .doc = "Observation above it; null: none." }, \
    { "type", BM_TYPE_STRING, OURS, .column = "o.type", .doc = "SPAN, GENERATION, EVENT, AGENT, TOOL ..." }, \
    { "name", BM_TYPE_STRING, MAYBE, .column = "o.name", .doc = "Name." }, \
    { "level", BM_TYPE_STRING, OURS, .column = "o.level", .doc = "DEBUG, DEFAULT, WARNING or ERROR." }, \
    { "status_message", BM_TYPE_STRING, MAYBE, .column = "o.status_message", .doc = "What it says of that." }, \
    { "start_time", BM_TYPE_TIME, OURS, .column = "o.start_time", .doc = "When it began." }, \
    { "end_time", BM_TYPE_TIME, MAYBE, .column = "o.end_time", .doc = "When it ended; null: it has not, or did not say." }, \
    { "latency_ms", BM_TYPE_NUMBER, MAYBE | BM_FIELD_MICROS, .column = "o.latency_us", .doc = "Begin to end." }, \
    { "ttft_ms", BM_TYPE_NUMBER, MAYBE | BM_FIELD_MICROS, .column = "o.ttft_us", .doc = "Begin to first token." }, \
    { "model", BM_TYPE_STRING, MAYBE, .column = "o.model", .doc = "Model, as it was named." }, \
    SUMS("o"), \
    { "session_id", BM_TYPE_STRING, MAYBE, .column = "o.session_id", \
      .doc = "Session; null also where the source tells it of traces only." }, \
    { "user_id", BM_TYPE_STRING, MAYBE, .column = "o.user_id", .doc = "User, likewise." }, \
    { "environment", BM_TYPE_STRING, MAYBE, .column = "o.environment", .doc = "Environment." }, \
    { "version", BM_TYPE_STRING, MAYBE, .column = "o.version", .doc = "Version." }, \
    { "usage_details", BM_TYPE_ANY, MAYBE | BM_FIELD_BULKY, .column = "o.usage_details", \
      .doc = "Tokens by kind, as the source has them." }, \
    { "cost_details", BM_TYPE_ANY, MAYBE | BM_FIELD_BULKY, .column = "o.cost_details", \
      .doc = "USD by kind, as the source has them." }, \
    { "metadata", BM_TYPE_ANY, MAYBE | BM_FIELD_BULKY, .column = "o.metadata", .doc = "As the source has it." }

const bm_field_t bm_observation_fields[] = {
    OBSERVATION_MEMBERS,
    { NULL }
};

const bm_field_t bm_trace_score_fields[] = {
    { "id", BM_TYPE_STRING, OURS, .column = "c.id", .doc = "Id of the score, as its source has it." },
    { "source_id", BM_TYPE_INT, OURS, .column = "c.source_id", .doc = "Source that it came from." },
    { "name", BM_TYPE_STRING, MAYBE, .column = "c.name", .doc = "What is scored." },
    { "value", BM_TYPE_NUMBER, MAYBE, .column = "c.value", .doc = "Its value, 0 or 1 of one that is true or not; null: a text." },
    { "string_value", BM_TYPE_STRING, MAYBE, .column = "c.string_value",
      .doc = "The value as a text, where it is not a number alone." },
    { "data_type", BM_TYPE_STRING, MAYBE, .column = "c.data_type", .doc = "NUMERIC, BOOLEAN, CATEGORICAL ..." },
    { "source", BM_TYPE_STRING, MAYBE, .column = "c.source", .doc = "ANNOTATION, API or EVAL." },
    { "comment", BM_TYPE_STRING, MAYBE, .column = "c.comment", .doc = "What was said of it." },
    { "timestamp", BM_TYPE_TIME, OURS, .column = "c.at", .doc = "When it was given." },
    { "trace_id", BM_TYPE_STRING, MAYBE, .column = "c.trace_id", .doc = "Trace that it is of, or that its observation is in." },
    { "observation_id", BM_TYPE_STRING, MAYBE, .column = "c.observation_id", .doc = "Observation that it is of." },
    { "session_id", BM_TYPE_STRING, MAYBE, .column = "c.session_id", .doc = "Session that it is of." },
    { "environment", BM_TYPE_STRING, MAYBE, .column = "c.environment", .doc = "Environment." },
    { NULL }
};

#define SCORES \
    { "scores", BM_TYPE_ARRAY, OURS, .column = "", .members = bm_trace_score_fields, .schema = "TraceScore", \
      .doc = "What somebody thought of it, newest first; 1000 at most." }

const bm_field_t bm_observation_detail_fields[] = {
    OBSERVATION_MEMBERS,
    { "input", BM_TYPE_STRING, MAYBE, .column = "o.input", .doc = "As far as its source keeps it (bodies)." },
    { "output", BM_TYPE_STRING, MAYBE, .column = "o.output", .doc = "Likewise." },
    SCORES,
    { NULL }
};

const bm_field_t bm_observation_node_fields[] = {
    { "depth", BM_TYPE_INT, OURS, .column = "u.depth", .doc = "How many are above it in the tree." },
    { "children", BM_TYPE_INT, OURS, .column = "u.children", .doc = "How many are right below it." },
    OBSERVATION_MEMBERS,
    { NULL }
};

const bm_field_t bm_trace_detail_fields[] = {
    TRACE_MEMBERS,
    { "tree", BM_TYPE_ARRAY, OURS, .column = "", .members = bm_observation_node_fields, .schema = "ObservationNode",
      .doc = "Its observations, each before those below it, siblings by begin." },
    SCORES,
    { NULL }
};

static const bm_field_t label_values[] = {
    { BM_FIELD_EACH, BM_TYPE_STRING, BM_FIELD_NULLABLE, .doc = "null: no trace has it." },
    { NULL }
};

const bm_field_t bm_trace_session_fields[] = {
    { "id", BM_TYPE_STRING, OURS, .column = "s.id", .doc = "Id of the session, as its source has it." },
    { "source_id", BM_TYPE_INT, OURS, .column = "s.source_id", .doc = "Source that it came from." },
    { "project_id", BM_TYPE_INT, OURS, .column = "s.project_id", .doc = "Project of that source." },
    { "trace_count", BM_TYPE_INT, OURS, .column = "s.trace_count", .doc = "Traces." },
    { "observations", BM_TYPE_INT, OURS, .column = "s.observations", .doc = "Their observations." },
    { "errors", BM_TYPE_INT, OURS, .column = "s.errors", .doc = "Of these of level ERROR." },
    { "user_ids", BM_TYPE_STRINGS, OURS, .column = "to_json(s.user_ids)", .doc = "Its users, ten at most." },
    { "first_trace_at", BM_TYPE_TIME, OURS, .column = "s.first_trace_at", .doc = "Begin of its first trace." },
    { "last_trace_at", BM_TYPE_TIME, OURS, .column = "s.last_trace_at", .doc = "Begin of its last one." },
    { "duration_seconds", BM_TYPE_NUMBER, OURS,
      .column = "extract(epoch from greatest(s.ended_at, s.last_trace_at) - s.first_trace_at)",
      .doc = "First begin to last end." },
    { "avg_latency", BM_TYPE_NUMBER, MAYBE, .column = "s.latency_us / 1e6::numeric",
      .doc = "Mean latency of its traces, in seconds." },
    { "labels", BM_TYPE_OBJECT, OURS, .column = "s.labels", .members = label_values, .doc = "By the words of its source." },
    { "stage", BM_TYPE_INT, MAYBE, .column = "s.stage", .doc = "The highest of its traces." },
    { "is_complete", BM_TYPE_BOOL, OURS, .column = "s.is_complete", .doc = "By the words of its source." },
    SUMS("s"),
    { NULL }
};

/* Numbers where Cupid has them, also where nothing is known yet. */
const bm_field_t bm_cupid_session_fields[] = {
    { "id", BM_TYPE_STRING, OURS, .column = "s.id", .doc = "Id of the session, as its source has it." },
    { "source_id", BM_TYPE_INT, OURS, .column = "s.source_id", .doc = "Source that it came from." },
    { "created_at", BM_TYPE_TIME, OURS, .column = "s.first_trace_at", .doc = "Begin of its first trace." },
    { "trace_count", BM_TYPE_INT, OURS, .column = "s.trace_count", .doc = "Traces." },
    { "errors", BM_TYPE_INT, OURS, .column = "s.errors", .doc = "Observations of level ERROR." },
    { "total_cost", BM_TYPE_NUMBER, OURS, .column = "s.cost_nano / 1e9::numeric", .doc = "USD." },
    { "total_tokens", BM_TYPE_INT, OURS, .column = "s.total_tokens", .doc = "All tokens." },
    { "avg_latency", BM_TYPE_NUMBER, OURS, .column = "coalesce(s.latency_us, 0) / 1e6::numeric",
      .doc = "Mean latency of its traces, in seconds; 0: none has ended." },
    { "first_trace_at", BM_TYPE_TIME, OURS, .column = "s.first_trace_at", .doc = "Begin of its first trace." },
    { "last_trace_at", BM_TYPE_TIME, OURS, .column = "s.last_trace_at", .doc = "Begin of its last one." },
    { "duration_seconds", BM_TYPE_NUMBER, OURS,
      .column = "extract(epoch from greatest(s.ended_at, s.last_trace_at) - s.first_trace_at)",
      .doc = "First begin to last end." },
    { "is_complete", BM_TYPE_BOOL, OURS, .column = "s.is_complete", .doc = "By the words of its source." },
    { "user_ids", BM_TYPE_STRINGS, OURS, .column = "to_json(s.user_ids)", .doc = "Its users, ten at most." },
    { BM_FIELD_EACH, BM_TYPE_ANY, BM_FIELD_ABSENT, .column = "",
      .doc = "Labels (texts) and the stage (a number) under the names that its source's words give them; null: not said." },
    { NULL }
};
