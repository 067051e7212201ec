/* SPDX-License-Identifier: Apache-2.0 */
#include "model/training_model.h"

#include <stddef.h>

enum {
    OURS = BM_FIELD_READ_ONLY,
    MAYBE = BM_FIELD_READ_ONLY | BM_FIELD_NULLABLE,
    NEEDED = BM_FIELD_REQUIRED,
    MAY = BM_FIELD_ABSENT
};

#define SEED_MAX 9007199254740991

/* --- what is asked for */

static const bm_field_t budget_fields[] = {
    { "seconds", BM_TYPE_NUMBER, 0, 1, 604800, .fallback = "3600", .doc = "From the start of the session." },
    { "requests", BM_TYPE_INT, 0, 1, 100000000, .fallback = "1000000", .doc = "Requests of all its problems." },
    { "problems", BM_TYPE_INT, 0, 1, 10000, .fallback = "1000", .doc = "Problems." },
    { "tokens", BM_TYPE_INT, MAY, 1, 1e15, .doc = "Prompt and completion tokens, as far as answers tell them." },
    { "cost", BM_TYPE_NUMBER, MAY, 0.000001, 1e9, .doc = "In the currency of the prices; there must be a price." },
    { NULL }
};

const bm_field_t bm_training_plan_fields[] = {
    { "scenario_id", BM_TYPE_INT, NEEDED, .doc = "Scenario whose requests are sent; its automation is the target." },
    { "name", BM_TYPE_STRING, MAY, 1, 200, .doc = "Name; absent: that of the scenario." },
    { "policy", BM_TYPE_ENUM, 0, .values = BM_TRAINING_POLICIES, .fallback = "\"ladder\"",
      .doc = "ladder: harder after success, easier after failure; search: bisects the rate; ability: estimates it with the fewest"
             " problems." },
    { "types", BM_TYPE_STRINGS, MAY, 1, 8, .values = BM_TRAINING_TYPES,
      .doc = "Types of problems, in turn; absent: what the policy takes." },
    { "difficulty", BM_TYPE_ENUM, 0, .values = BM_TRAINING_DIFFICULTIES, .fallback = "\"easy\"",
      .doc = "ladder: where it begins." },
    { "seed", BM_TYPE_INT, 0, 0, SEED_MAX, .fallback = "1",
      .doc = "The same seed, the same problems as long as answers are alike." },
    { "duration_scale", BM_TYPE_NUMBER, 0, 0.001, 1, .fallback = "1", .doc = "Problems last this part of their usual time." },
    { "keep_rows", BM_TYPE_NUMBER, 0, 0, 1, .fallback = "0.01",
      .doc = "Share of the requests whose rows are kept, drawn by seed; figures count all of them." },
    { "budget", BM_TYPE_OBJECT, 0, .fallback = "{}", .members = budget_fields,
      .doc = "What ends the session whatever the policy wants." },
    { "settings", BM_TYPE_OBJECT, 0, .fallback = "{}", .doc = "Of the policy (docs/training.md)." },
    { "expected", BM_TYPE_OBJECT, 0, .fallback = "{}",
      .doc = "Outcomes that every problem must show, instead of what its difficulty asks for." },
    { "limits", BM_TYPE_OBJECT, OURS,
      .doc = "What bound its problems, by the server's configuration and the automation's confirmed_rate." },
    { NULL }
};

/* --- a session */

static const bm_field_t metric_fields[] = {
    { "seconds", BM_TYPE_INT, OURS, .doc = "In how many it was measured." },
    { "min", BM_TYPE_NUMBER, OURS, .doc = "The least." },
    { "max", BM_TYPE_NUMBER, OURS, .doc = "The greatest." },
    { "mean", BM_TYPE_NUMBER, OURS, .doc = "Mean." },
    { "median", BM_TYPE_NUMBER, OURS, .doc = "Median." },
    { "std_dev", BM_TYPE_NUMBER, OURS, .doc = "Standard deviation; 0 of a single second." },
    { NULL }
};

static const bm_field_t each_metric[] = {
    { BM_FIELD_EACH, BM_TYPE_OBJECT, OURS, .members = metric_fields, .schema = "TrainingMetric",
      .doc = "As the seconds have it: response_time in ms, rates 0 to 1, cpu_usage in percent of a processor, memory_usage in"
             " MB." },
    { NULL }
};

static const bm_field_t move_fields[] = {
    { "from", BM_TYPE_ANY, MAYBE, .doc = "Rate or difficulty of the problem." },
    { "to", BM_TYPE_ANY, MAYBE, .doc = "Of the next; null: it ended." },
    { "why", BM_TYPE_STRING, OURS, .doc = "A sentence. A ladder goes by the share of requests answered in time alone." },
    { "problem_id", BM_TYPE_INT, OURS | BM_FIELD_ABSENT, .doc = "The problem." },
    { "success", BM_TYPE_BOOL, MAYBE | BM_FIELD_ABSENT,
      .doc = "Whether it met all expected outcomes, which is another question; null: not clear." },
    { "verdict", BM_TYPE_STRING, OURS | BM_FIELD_ABSENT, .doc = "The same in words: what was missed, and by how much." },
    { NULL }
};

const bm_field_t bm_training_fields[] = {
    { "id", BM_TYPE_INT, OURS, .column = "t.id", .doc = "Number of the session." },
    { "name", BM_TYPE_STRING, OURS, .column = "t.name", .doc = "Name." },
    { "status", BM_TYPE_ENUM, OURS, .values = BM_TRAINING_STATUSES, .column = "t.status",
      .doc = "completed: the policy had its answer, or the budget was used up; stopped: by a user; failed: see reason." },
    { "ended_by", BM_TYPE_ENUM, MAYBE, .values = "policy|budget|user|target|client|error", .column = "t.ended_by",
      .doc = "What ended it." },
    { "reason", BM_TYPE_STRING, MAYBE, .column = "t.reason", .doc = "The same as a sentence." },
    { "project_id", BM_TYPE_INT, OURS, .column = "t.project_id", .doc = "Project that it belongs to." },
    { "scenario_id", BM_TYPE_INT, OURS, .column = "t.scenario_id", .doc = "Scenario whose requests it sends." },
    { "automation_id", BM_TYPE_INT, OURS, .column = "t.automation_id",
      .doc = "Automation that it trains on; one session at a time." },
    { "policy", BM_TYPE_ENUM, OURS, .values = BM_TRAINING_POLICIES, .column = "t.plan ->> 'policy'",
      .doc = "How problems are chosen." },
    { "difficulty", BM_TYPE_ENUM, OURS, .values = BM_TRAINING_DIFFICULTIES, .column = "t.difficulty",
      .doc = "Of the last problem." },
    { "problem_id", BM_TYPE_INT, MAYBE, .column = "t.problem_id", .doc = "Problem under way." },
    { "total_scenarios", BM_TYPE_INT, OURS, .column = "t.total_scenarios", .doc = "Problems that were executed and judged." },
    { "successful_scenarios", BM_TYPE_INT, OURS, .column = "t.successful_scenarios",
      .doc = "Those that met all expected outcomes." },
    { "unclear_scenarios", BM_TYPE_INT, OURS, .column = "t.unclear_scenarios", .doc = "Those of which that cannot be said." },
    { "average_performance", BM_TYPE_NUMBER, MAYBE, .column = "t.average_performance",
      .doc = "Mean success rate of its problems, 0 to 1: requests answered in time, whatever else was expected." },
    { "requests", BM_TYPE_INT, OURS, .column = "t.requests", .doc = "Requests that they sent." },
    { "tokens", BM_TYPE_INT, OURS, .column = "t.tokens", .doc = "Prompt and completion tokens that answers told." },
    { "cost", BM_TYPE_NUMBER, OURS, .column = "t.cost::float8", .doc = "In the currency of the prices." },
    { "conclusion", BM_TYPE_OBJECT, MAYBE, .column = "t.conclusion", .doc = "What the target can take, and how sure that is." },
    { "created_by", BM_TYPE_STRING, MAYBE, .column = "t.created_by", .doc = "User who began it; null: anonymous." },
    { "started_at", BM_TYPE_TIME, OURS, .column = "t.started_at", .doc = "When it was begun." },
    { "ended_at", BM_TYPE_TIME, MAYBE, .column = "t.ended_at", .doc = "When it ended." },
    { "plan", BM_TYPE_OBJECT, OURS | BM_FIELD_BULKY, .column = "t.plan", .members = bm_training_plan_fields,
      .schema = "TrainingPlan", .doc = "The request's body, defaults filled in." },
    { "metrics", BM_TYPE_OBJECT, MAYBE | BM_FIELD_BULKY, .column = "t.metrics", .members = each_metric,
      .doc = "Each metric over its seconds, by name; null: it has not ended." },
    { "moves", BM_TYPE_ARRAY, OURS | BM_FIELD_BULKY, .column = "t.moves", .members = move_fields,
      .doc = "From where to where it went after each problem, and why." },
    { NULL }
};

/* --- a problem */

const bm_field_t bm_training_problem_fields[] = {
    { "id", BM_TYPE_INT, OURS, .column = "b.id", .doc = "Number of the problem." },
    { "key", BM_TYPE_STRING, OURS, .column = "b.key", .doc = "Type and eight hexadecimal digits." },
    { "name", BM_TYPE_STRING, MAYBE, .column = "b.name", .doc = "Name of one that is kept." },
    { "session_id", BM_TYPE_INT, MAYBE, .column = "b.session_id", .doc = "Session that gave it; null: made by hand." },
    { "scenario_id", BM_TYPE_INT, MAYBE, .column = "b.scenario_id", .doc = "Scenario whose requests it sends." },
    { "loadtest_id", BM_TYPE_INT, MAYBE, .column = "b.loadtest_id",
      .doc = "Load test that it was executed as, with all figures." },
    { "type", BM_TYPE_ENUM, OURS, .values = BM_TRAINING_TYPES, .column = "b.type", .doc = "What it is about." },
    { "difficulty", BM_TYPE_ENUM, OURS, .values = BM_TRAINING_DIFFICULTIES, .column = "b.difficulty", .doc = "How hard it is." },
    { "seed", BM_TYPE_INT, OURS, .column = "b.seed", .doc = "The same seed, the same problem." },
    { "description", BM_TYPE_STRING, OURS, .column = "b.description", .doc = "What it does, in words." },
    { "why", BM_TYPE_STRING, MAYBE, .column = "b.why", .doc = "Why the session chose it." },
    { "parameters", BM_TYPE_OBJECT, OURS, .column = "b.parameters", .doc = "What was drawn." },
    { "perturbations", BM_TYPE_OBJECT, OURS, .column = "b.perturbations", .doc = "What is done to its requests on our side." },
    { "expected", BM_TYPE_OBJECT, OURS, .column = "b.expected", .doc = "What it is judged by." },
    { "status", BM_TYPE_ENUM, OURS, .values = BM_TRAINING_PROBLEM_STATUSES, .column = "b.status", .doc = "Where it stands." },
    { "completed", BM_TYPE_BOOL, OURS, .column = "b.completed", .doc = "Whether it was executed to its end." },
    { "success", BM_TYPE_BOOL, MAYBE, .column = "b.success", .doc = "Whether it met all expected outcomes; null: not clear." },
    { "success_rate", BM_TYPE_NUMBER, MAYBE, .column = "b.success_rate",
      .doc = "Share of its requests that were answered within max_response_time_ms, 0 to 1." },
    { "verdict", BM_TYPE_STRING, MAYBE, .column = "b.results ->> 'verdict'",
      .doc = "success in words: what was missed and by how much, what is not clear, why it is not judged; null: not executed." },
    { "execution_time", BM_TYPE_NUMBER, MAYBE, .column = "b.execution_time", .doc = "Seconds." },
    { "results", BM_TYPE_OBJECT, MAYBE | BM_FIELD_BULKY, .column = "b.results",
      .doc = "Each expected outcome beside what was measured, errors and recommendations." },
    { "created_at", BM_TYPE_TIME, OURS, .column = "b.created_at", .doc = "When it was made." },
    { "finished_at", BM_TYPE_TIME, MAYBE, .column = "b.finished_at", .doc = "When it had been executed." },
    { NULL }
};

const bm_field_t bm_training_second_fields[] = {
    { "at", BM_TYPE_TIME, OURS, .doc = "End of the second." },
    { "problem_id", BM_TYPE_INT, OURS, .doc = "Problem under way." },
    { "second", BM_TYPE_INT, OURS, .doc = "Since its load began." },
    { "response_time", BM_TYPE_NUMBER, MAYBE, .doc = "Median until the last content of what ended in it, milliseconds." },
    { "throughput", BM_TYPE_NUMBER, OURS, .doc = "Requests completed in it." },
    { "error_rate", BM_TYPE_NUMBER, MAYBE, .doc = "Of what ended in it, 0 to 1." },
    { "success_rate", BM_TYPE_NUMBER, MAYBE, .doc = "Likewise." },
    { "cpu_usage", BM_TYPE_NUMBER, MAYBE, .doc = "Processors that the engine used, in percent of one." },
    { "memory_usage", BM_TYPE_NUMBER, MAYBE, .doc = "Memory of the engine, in MB." },
    { "target_cpu_usage", BM_TYPE_NUMBER, MAYBE,
      .doc = "Processors that the target used, in percent of one, by connection.metrics_url; null: not known." },
    { "target_memory_usage", BM_TYPE_NUMBER, MAYBE, .doc = "Memory of the target, in MB; likewise." },
    { NULL }
};
