/* SPDX-License-Identifier: Apache-2.0 */
/* Made from docs/openapi.json by `npm run types`. */
export interface paths {
    "/automations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Automations, by id. */
        get: operations["listAutomations"];
        put?: never;
        /** Make an automation. */
        post: operations["createAutomation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/automations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One automation. */
        get: operations["getAutomation"];
        /** Change an automation; members that are not given stay as they are. */
        put: operations["putAutomation"];
        post?: never;
        /** Delete an automation; 409 names the scenarios that still refer to it. */
        delete: operations["deleteAutomation"];
        options?: never;
        head?: never;
        /** Change an automation; members that are not given stay as they are. */
        patch: operations["patchAutomation"];
        trace?: never;
    };
    "/scenarios": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Scenarios, by id. */
        get: operations["listScenarios"];
        put?: never;
        /** Make a scenario. */
        post: operations["createScenario"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/scenarios/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One scenario. */
        get: operations["getScenario"];
        /** Change a scenario, which makes a new version; members that are not given stay as they are. */
        put: operations["putScenario"];
        post?: never;
        /** Delete a scenario; 409 tells the runs that still refer to it. */
        delete: operations["deleteScenario"];
        options?: never;
        head?: never;
        /** Change a scenario, which makes a new version; members that are not given stay as they are. */
        patch: operations["patchScenario"];
        trace?: never;
    };
    "/scenarios/{id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Its versions, newest first. */
        get: operations["listScenarioVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/scenarios/{id}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One version, as the scenario was then. */
        get: operations["getScenarioVersion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Runs, newest first. */
        get: operations["listRuns"];
        put?: never;
        /** Queue one or many runs of a scenario. */
        post: operations["createRuns"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/trigger": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Queue one run and answer it as it is: pending. */
        post: operations["triggerRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel many runs. */
        post: operations["cancelRuns"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One run. */
        get: operations["getRun"];
        put?: never;
        post?: never;
        /** Delete a run that has ended; the figures of its hour are computed anew. */
        delete: operations["deleteRun"];
        options?: never;
        head?: never;
        /** Label and note of a run that has ended. */
        patch: operations["patchRun"];
        trace?: never;
    };
    "/runs/{id}/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** When each chunk of the answer came. */
        get: operations["getRunTimeline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel a run; 409 if it ended otherwise before. */
        post: operations["cancelRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/{id}/requeue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run a failed, timed out or cancelled run again, as a new run with the same inputs. */
        post: operations["requeueRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/kpis/dashboard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The figures of a range: totals, scenarios, series, the range before, newest runs. */
        get: operations["getDashboardKpis"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/labels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Labels of runs with how many have them; first those that are not told apart, if there are any, then by name. */
        get: operations["listLabels"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/kpis/rebuild": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The last hundred windows that were asked for, newest first. */
        get: operations["listKpiRebuilds"];
        put?: never;
        /** Make the KPIs of a window again from rows; a job does it. */
        post: operations["rebuildKpis"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/kpis/rebuild/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far a window is. */
        get: operations["getKpiRebuild"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/compare": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Two groups of runs, load tests, windows or versions against each other, with a verdict. */
        get: operations["compareRuns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/trace-sources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Servers whose traces are mirrored, and what traces are sent to, by id. */
        get: operations["listTraceSources"];
        put?: never;
        /** Mirror the traces of a Langfuse project, from now on and of the past, or make something that traces are sent to. */
        post: operations["createTraceSource"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/trace-sources/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One source. */
        get: operations["getTraceSource"];
        /** Change a source; members that are not given stay as they are. Another url or key is read from the start. */
        put: operations["putTraceSource"];
        post?: never;
        /** Delete a source and everything that it brought. */
        delete: operations["deleteTraceSource"];
        options?: never;
        head?: never;
        /** Change a source; members that are not given stay as they are. Another url or key is read from the start. */
        patch: operations["patchTraceSource"];
        trace?: never;
    };
    "/trace-sources/{id}/sync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far its sync is. */
        get: operations["getTraceSync"];
        put?: never;
        /** Read the newest now, also of one that is paused; one that the server tells to wait waits. */
        post: operations["startTraceSync"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/trace-sources/{id}/passes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The history of its sync, newest first. */
        get: operations["listTracePasses"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sync/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far the sync of all sources is. */
        get: operations["getSyncStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sync/trigger": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Read the newest of all sources now. */
        post: operations["triggerSync"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/otlp/v1/traces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send spans by OTLP, in JSON or protobuf, also compressed with gzip. */
        post: operations["pushTraces"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/public/otel/v1/traces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The same by the name that it has in Langfuse. */
        post: operations["pushTracesAsLangfuse"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ingestion": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send events as Langfuse's older SDKs do. */
        post: operations["pushBatch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/public/ingestion": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The same by the name that it has in Langfuse. */
        post: operations["pushBatchAsLangfuse"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/traces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Traces, newest first. */
        get: operations["listTraces"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/traces/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Sessions of traces, those first that had one last. */
        get: operations["listTraceSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/traces/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Models that observations name, most used first. */
        get: operations["listTraceModels"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/traces/daily": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Traces of each day, oldest first. */
        get: operations["listTraceDays"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/observations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Observations, newest first; with trace_id those of one trace. */
        get: operations["listObservations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/traces/scores": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Scores of traces, observations and sessions, newest first. */
        get: operations["listTraceScores"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/traces/{trace_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A trace with its observations as a tree; where it goes on is in Link. */
        get: operations["getTrace"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/observations/{observation_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One observation. */
        get: operations["getObservation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/traces/erase": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Remove all traces of a user that are here, for good; their server is not told. */
        post: operations["eraseTraces"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/agents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Agents, which are observations of type AGENT, with the cost and tokens of the generations right below them. */
        get: operations["listAgents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/agents/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One agent and its last executions. */
        get: operations["getAgent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/agents/{name}/charts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What one agent's charts show. */
        get: operations["getAgentCharts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Sessions of traces in pages, as clients of Cupid know them. */
        get: operations["listCupidSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sessions/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Figures of sessions of traces. */
        get: operations["getCupidSessionStats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sessions/{session_id}/conversation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was asked and answered in a session, trace by trace. */
        get: operations["getCupidConversation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics/dashboard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Figures of traces and their sessions. */
        get: operations["getCupidDashboard"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/scenarios/{id}/trend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A figure day by day, its slope with an interval, and when it breaks a limit. */
        get: operations["getScenarioTrend"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/training/sessions/compare": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Two sessions beside each other: which target takes more, and whether that is shown. */
        get: operations["compareTrainingSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/training/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Sessions of training, newest first. */
        get: operations["listTrainingSessions"];
        put?: never;
        /** Begin a session: problem after problem, until it is known what the target can take. */
        post: operations["createTrainingSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/training/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One session. */
        get: operations["getTrainingSession"];
        put?: never;
        post?: never;
        /** Delete a session that has ended; the load tests of its problems stay. */
        delete: operations["deleteTrainingSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/training/sessions/{id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a session; the problem under way is cancelled. */
        post: operations["stopTrainingSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/training/sessions/{id}/problems": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Its problems, in their order. */
        get: operations["listTrainingProblems"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/training/sessions/{id}/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was measured in each second of it. */
        get: operations["listTrainingSeconds"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/training/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin a session with what is usual; POST /training/sessions says more. */
        post: operations["startTraining"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/training/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End all sessions. */
        post: operations["stopTraining"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/training/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The session under way that was begun last, else the last one. */
        get: operations["getTrainingStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/problems/recent": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The latest 20 problems. */
        get: operations["listRecentProblems"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics/latest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The latest 100 values of training, one a second and metric. */
        get: operations["getLatestMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What all problems came to. */
        get: operations["getMetricsSummary"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/analytics/performance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the metrics of a session are spread. */
        get: operations["getPerformanceAnalytics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/scenarios/generate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Draw a problem, or compose one by hand, and keep it. */
        post: operations["generateProblem"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/scenarios/{key}/execute": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Execute a problem and answer what came of it; with Prefer: respond-async at once, 202, and where it can be asked for. */
        post: operations["executeProblem"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/training/problems": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Problems that were made without a session, newest first. */
        get: operations["listProblems"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/training/problems/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One problem. */
        get: operations["getTrainingProblem"];
        put?: never;
        post?: never;
        /** Delete a problem that was made without a session; its load test stays. */
        delete: operations["deleteProblem"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/training/problems/{id}/execute": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Execute a problem, of a session or not, on the scenario that is named or that it was executed on; one that was executed before as a copy of itself: the same requests. */
        post: operations["executeProblemAgain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/loadtests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Load tests, newest first; without results. */
        get: operations["listLoadTests"];
        put?: never;
        /** Queue a load test, or one at each of several locations. */
        post: operations["createLoadTest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/loadtests/estimate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What a plan would send; nothing is queued. */
        post: operations["estimateLoadTest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/loadtests/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One load test; its progress while it runs, its results afterwards. */
        get: operations["getLoadTest"];
        put?: never;
        post?: never;
        /** Delete a load test that has ended, with its requests and series. */
        delete: operations["deleteLoadTest"];
        options?: never;
        head?: never;
        /** Name of a load test. */
        patch: operations["patchLoadTest"];
        trace?: never;
    };
    "/loadtests/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send nothing more for now; what is in flight goes on. */
        post: operations["pauseLoadTest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/loadtests/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Go on after a pause; the schedule is shifted by it. */
        post: operations["resumeLoadTest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/loadtests/{id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End it: await the answers of what was sent, or cancel everything; 409 if it ended before. */
        post: operations["stopLoadTest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/loadtests/{id}/series": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Figures of each second, ascending. */
        get: operations["getLoadTestSeries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/loadtests/{id}/requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Its requests by their place in the plan. */
        get: operations["getLoadTestRequests"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/datasets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Datasets, by id; without their entries. */
        get: operations["listDatasets"];
        put?: never;
        /** Upload what load tests are to ask. */
        post: operations["createDataset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/datasets/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One dataset, with its first entries. */
        get: operations["getDataset"];
        put?: never;
        post?: never;
        /** Delete a dataset; 409 while a load test that refers to it waits or runs. */
        delete: operations["deleteDataset"];
        options?: never;
        head?: never;
        /** Name of a dataset. */
        patch: operations["patchDataset"];
        trace?: never;
    };
    "/datasets/{id}/entries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Its entries, by number. */
        get: operations["getDatasetEntries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/definitions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Automations, scenarios, prices, datasets and views as one document, without ids; it can be kept and imported anywhere. */
        get: operations["exportDefinitions"];
        put?: never;
        /** Make what a document names, and change what is different; all or nothing. What it does not name stays. */
        post: operations["importDefinitions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/discoveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Have the engine ask a target what it is and which models it offers. */
        post: operations["createDiscovery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/discoveries/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a target is and which models it offers; kept for an hour. */
        get: operations["getDiscovery"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/loadtests/{id}/evidence": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** An archive of everything from which the figures of a load test can be computed again. */
        get: operations["getLoadtestEvidence"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What happens, as it happens: server-sent events, or with `wait` one answer of a long poll. */
        get: operations["watchEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events/ws": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same as a WebSocket, which says what it watches by messages. */
        get: operations["openEventSocket"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ws/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Metrics of runs and training as clients of Hive know them, as a WebSocket. */
        get: operations["openMetricsSocket"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events/ticket": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A ticket that opens one stream of events without credentials, within half a minute. */
        post: operations["createEventTicket"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/runs/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All runs of a filter as CSV or JSON Lines; without inputs, request and response_json unless view=full. */
        get: operations["exportRuns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/loadtests/{id}/requests/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All requests of a load test as CSV or JSON Lines. */
        get: operations["exportLoadTestRequests"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The audit log as CSV or JSON Lines, oldest first. */
        get: operations["exportAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/calibrations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Calibrations, newest first. */
        get: operations["listCalibrations"];
        put?: never;
        /** Measure the engine's own error on the reference target. */
        post: operations["createCalibration"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/calibrations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One calibration. */
        get: operations["getCalibration"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/engine": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Engines of all nodes, the queue, and whether claims are stopped. */
        get: operations["getEngine"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/engine/dead": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Runs that failed because engines died under them as often as was allowed; without bulky members. */
        get: operations["listDeadRuns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/engine/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Emergency stop: no node starts anything until it is started again. */
        post: operations["stopEngine"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/engine/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Claim runs again after a stop. */
        post: operations["startEngine"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/prices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Prices, by id. */
        get: operations["listPrices"];
        put?: never;
        /** Say what calls of a model cost. */
        post: operations["createPrice"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/prices/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One price. */
        get: operations["getPrice"];
        /** Change a price; members that are not given stay as they are. */
        put: operations["putPrice"];
        post?: never;
        /** Delete a price; what was recorded keeps its cost. */
        delete: operations["deletePrice"];
        options?: never;
        head?: never;
        /** Change a price; members that are not given stay as they are. */
        patch: operations["patchPrice"];
        trace?: never;
    };
    "/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Projects that the client sees, by id. */
        get: operations["listProjects"];
        put?: never;
        /** Make a project. */
        post: operations["createProject"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/projects/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One project. */
        get: operations["getProject"];
        /** Rename or describe a project; members that are not given stay as they are. */
        put: operations["putProject"];
        post?: never;
        /** Delete a project in which there is nothing; 409 says what there is. */
        delete: operations["deleteProject"];
        options?: never;
        head?: never;
        /** Rename or describe a project; members that are not given stay as they are. */
        patch: operations["patchProject"];
        trace?: never;
    };
    "/views": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Views of the dashboard's lists, by id. */
        get: operations["listViews"];
        put?: never;
        /** Keep the filters of a list under a name. */
        post: operations["createView"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/views/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One view. */
        get: operations["getView"];
        /** Change a view; members that are not given stay as they are. */
        put: operations["putView"];
        post?: never;
        /** Delete a view. */
        delete: operations["deleteView"];
        options?: never;
        head?: never;
        /** Change a view; members that are not given stay as they are. */
        patch: operations["patchView"];
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the server answers. */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether database, schema and an engine are there; 503 if not. */
        get: operations["getReady"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/loadtests/{id}/report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A report as one HTML file, for screens and paper. */
        get: operations["getLoadTestReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/loadtests/{id}/hgrm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Percentile distribution of a metric, as HdrHistogram's plotters read it. */
        get: operations["getLoadTestHgrm"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/compare/report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A comparison as one HTML file, for screens and paper. */
        get: operations["getCompareReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/training/sessions/{id}/report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A session as one HTML file, for screens and paper. */
        get: operations["getTrainingReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/kpis/hgrm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Percentile distribution of a metric over a window, as HdrHistogram's plotters read it. */
        get: operations["getKpisHgrm"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This node for Prometheus: text 0.0.4, or OpenMetrics by Accept (docs/monitoring.md). */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who changed what and who was kept from it, newest first. */
        get: operations["listAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the audit log is what it was when its entries were chained. */
        get: operations["verifyAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/secrets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Named secrets without their values, by id. */
        get: operations["listSecrets"];
        put?: never;
        /** Set a secret that runs can name. */
        post: operations["createSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/secrets/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One secret without its value. */
        get: operations["getSecret"];
        /** Set its value anew or describe it; what is not given stays. Runs that begin later have the new value. */
        put: operations["putSecret"];
        post?: never;
        /** Delete a secret; runs that name it fail from then on. */
        delete: operations["deleteSecret"];
        options?: never;
        head?: never;
        /** Set its value anew or describe it; what is not given stays. Runs that begin later have the new value. */
        patch: operations["patchSecret"];
        trace?: never;
    };
    "/secrets/{id}/uses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Automations and scenarios that name it. */
        get: operations["listSecretUses"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/secrets/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The key ring of this node, and which keys encrypted what is stored. */
        get: operations["getSecretKeys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/secrets/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Have an engine encrypt everything with its active key that another one encrypted; the answer is how it is now. */
        post: operations["rotateSecrets"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/scenarios/{id}/slos": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the SLOs of a scenario stand at: met or not, error budget, burn rates; attainment, goodput, Apdex, pass^k, cost. */
        get: operations["getScenarioSlos"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/gates/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether a scenario passes: its SLOs, and regressions from a baseline. 200 passed, 409 failed; JSON, JUnit XML or a badge by Accept. */
        get: operations["getGate"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/gates/{id}/badge.svg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same as a picture, always with status 200. */
        get: operations["getGateBadge"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/gates/{id}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Queue runs and judge exactly these. 202 with Location where the verdict will be; with Prefer: wait=N, the verdict itself: 200 or 409. */
        post: operations["runGate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/about": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Version, schema, database, nodes, features and limits. */
        get: operations["getAbout"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/configuration": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every directive with what this server's configuration says and where, or its default. */
        get: operations["listConfiguration"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who asks, and what he may do. */
        get: operations["getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change one's own password, address or name. */
        patch: operations["patchMe"];
        trace?: never;
    };
    "/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begin a session with name and password. */
        post: operations["login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Another access token of the same session. */
        post: operations["refreshToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End the session; its cookie and tokens are worth nothing from then on. */
        post: operations["logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is logged in. */
        get: operations["getAuthUser"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/token-status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether an Amazon account is connected. */
        get: operations["getTokenStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/signing-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A new key for access tokens; those before it are believed until their tokens have expired. */
        post: operations["rotateSigningKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The keys that access tokens are signed with, for others who check them. */
        get: operations["getJwks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Users of our own, by id. */
        get: operations["listUsers"];
        put?: never;
        /** Add a user. */
        post: operations["createUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One user. */
        get: operations["getUser"];
        /** Change a user; members that are not given stay as they are. */
        put: operations["putUser"];
        post?: never;
        /** Delete a user with his sessions and keys. */
        delete: operations["deleteUser"];
        options?: never;
        head?: never;
        /** Change a user; members that are not given stay as they are. */
        patch: operations["patchUser"];
        trace?: never;
    };
    "/users/{id}/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End all sessions of a user. */
        post: operations["logoutUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{id}/password-link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A link by which a user sets his password himself, once; it takes the place of the one before. */
        post: operations["makePasswordLink"];
        /** Withdraw the link by which a user could set his password. */
        delete: operations["withdrawPasswordLink"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Set a password with the token of a link. */
        post: operations["setPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own API keys, by id. */
        get: operations["listApiKeys"];
        put?: never;
        /** Make an API key; the answer shows it this once. */
        post: operations["createApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api-keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One API key. */
        get: operations["getApiKey"];
        put?: never;
        post?: never;
        /** Delete an API key: it is worth nothing from then on. */
        delete: operations["deleteApiKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where one is signed in, by id. */
        get: operations["listSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End a session; its cookie and tokens are worth nothing from then on. */
        delete: operations["deleteSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/kpis": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Any metrics and quantiles of the runs of a window, in groups. */
        get: operations["getKpis"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/kpis/series": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A metric over time, in columns, one series or one for each group. */
        get: operations["getKpiSeries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/kpis/distribution": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Histogram and distribution function of a metric. */
        get: operations["getKpiDistribution"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/kpis/heatmap": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the values of a metric are spread, over time. */
        get: operations["getKpiHeatmap"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document. */
        get: operations["getOpenapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Automation: {
            /** @description Number of the automation. */
            id: number;
            /** @description Name for people. */
            name: string;
            /**
             * @description Kind of target.
             * @enum {string}
             */
            provider: "openai" | "anthropic" | "tinyfish" | "http" | "mock";
            /** @description Name of the automation at TinyFish. */
            tinyfish_automation_id: string | null;
            /** @description Free text. */
            description: string | null;
            /** @description Inputs of every run, overlaid by the scenario's inputs_template and the run's inputs_override. */
            default_inputs: {
                [key: string]: unknown;
            };
            /** @description How to reach the target; its members depend on the provider. Secrets are named, never given. */
            connection: {
                [key: string]: unknown;
            };
            /** @description Most runs of this target at one time, over all nodes. */
            max_in_flight: number;
            /** @description Highest load of a load test that its operator has agreed to, in requests a second or under way; null: BenchmarkConfirmAbove. */
            confirmed_rate: number | null;
            /** @description Project that it belongs to: given when it is made, else the first that the client sees; never changed. */
            project_id: number;
            /** @description Words to find it by. */
            labels: string[];
            /** @description User who made it; null: anonymous. */
            created_by: string | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it was last changed.
             */
            updated_at: string;
        };
        Scenario: {
            /** @description Number of the scenario. */
            id: number;
            /** @description Name for people. */
            name: string;
            /** @description Automation that it is asked of. */
            automation_id: number;
            /** @description Free text. */
            description: string | null;
            /** @description Inputs of its runs, laid over the automation's default_inputs. Strings may hold {{name}} placeholders. */
            inputs_template: {
                [key: string]: unknown;
            };
            /** @description How its runs are made and judged: max_attempts or retry (docs/load-tests.md), timeout_seconds, location, assertions (docs/assertions.md), apdex (docs/slos.md), and members of your own, such as interval_seconds. */
            run_settings: {
                [key: string]: unknown;
            };
            /** @description What its runs have promised (docs/slos.md); a run is good if it completes within every max. */
            slos: components["schemas"]["Slo"][];
            /** @description Words to find it by; its runs inherit them. */
            labels: string[];
            /** @description Raised by every change; runs name the version they were made from. */
            version: number;
            /** @description Project that it belongs to: its automation's. */
            project_id: number;
            /** @description User who made it; null: anonymous. */
            created_by: string | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it was last changed.
             */
            updated_at: string;
        };
        Slo: {
            /** @description Name for people. */
            name?: string | null;
            /**
             * @description Figure that it is about; rates are in percent.
             * @enum {string}
             */
            metric: "e2e_ms" | "e2e_scheduled_ms" | "total_ms" | "ttft_ms" | "ttft_scheduled_ms" | "ttfo_ms" | "ttst_ms" | "tpot_ms" | "ttfb_ms" | "ntpot_ms" | "itl_ms" | "icl_ms" | "success_rate" | "good_rate";
            /** @description Of a latency: this quantile is to be at most max (default 0.95). */
            quantile?: number;
            /** @description Instead: so many percent of the attempts are to be within max, which is the same of quantile attainment / 100. */
            attainment?: number;
            /** @description Of a latency: milliseconds. A run that keeps every max is good. */
            max?: number;
            /** @description Of a rate: percent. */
            min?: number;
            /** @description Time that it is judged over, 1h to 90d (default 28d). */
            window?: string;
        };
        ScenarioVersion: {
            /** @description The scenario. */
            scenario_id: number;
            /** @description Number of the version, from 1. */
            version: number;
            /** @description The scenario as it was. */
            body: {
                [key: string]: unknown;
            };
            /** @description User who made this version. */
            created_by: string | null;
            /**
             * Format: date-time
             * @description When this version was made.
             */
            created_at: string;
        };
        Run: {
            /** @description Number of the run; newer runs have higher ones. */
            id: number;
            /** @description Scenario that was run. */
            scenario_id: number;
            /** @description Automation that it was asked of. */
            automation_id: number;
            /** @description Project that it belongs to. */
            project_id: number;
            /**
             * @description What it was made for.
             * @enum {string}
             */
            kind: "run" | "loadtest" | "training" | "workflow" | "calibration" | "discovery";
            /** @description Version of the scenario that it was made from. */
            scenario_version: number;
            /**
             * @description Where it stands; the last four are final.
             * @enum {string}
             */
            status: "pending" | "running" | "completed" | "failed" | "cancelled" | "timed_out";
            /**
             * @description Kind of target.
             * @enum {string}
             */
            provider: "openai" | "anthropic" | "tinyfish" | "http" | "mock";
            /** @description Model, as the target named it. */
            model: string | null;
            /**
             * Format: date-time
             * @description When it was queued.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it was due.
             */
            run_at: string;
            /**
             * Format: date-time
             * @description When an engine took it.
             */
            started_at: string | null;
            /**
             * Format: date-time
             * @description When it ended.
             */
            finished_at: string | null;
            /** @description From handing the request to the network until its last byte, connecting included. */
            total_duration_ms: number | null;
            /** @description Time to first token: request sent until the first chunk with content. */
            ttft_ms: number | null;
            /** @description Gaps between tokens, chunks or progress events. */
            inter_token_stats: {
                /** @description Mean gap. */
                mean_ms: number | null;
                /** @description Median gap. */
                p50_ms: number | null;
                /** @description 95th percentile. */
                p95_ms: number | null;
                /** @description 99th percentile. */
                p99_ms: number | null;
                /** @description Number of gaps. */
                n: number;
                /**
                 * @description usage: inter-token latency by token counts; chunk: gaps between chunks; progress: between progress events.
                 * @enum {string}
                 */
                provenance: "usage" | "chunk" | "progress";
            } | null;
            /** @description Why it failed, as a sentence. */
            error: string | null;
            /** @description Why it failed, for a program. */
            error_code: string | null;
            /** @description HTTP status of the answer. */
            http_status: number | null;
            /** @description Number of the run at the target. */
            tinyfish_run_id: string | null;
            /** @description How often it was started. */
            attempt: number;
            /** @description How often it may be started. */
            max_attempts: number;
            /** @description Higher goes first. */
            priority: number;
            /** @description Words to find it by. */
            labels: string[];
            /** @description User who asked for it; null: anonymous. */
            created_by: string | null;
            /** @description Whether someone asked to cancel it. */
            cancel_requested: boolean;
            /** @description Token counts. */
            tokens: {
                /** @description Tokens of the prompt. */
                prompt: number | null;
                /** @description Output tokens, reasoning included. */
                completion: number | null;
                /** @description Output tokens that were reasoning. */
                reasoning: number | null;
                /** @description Prompt tokens that came from a cache. */
                cached: number | null;
                /**
                 * @description Who counted: the usage record, the server's timings, or we.
                 * @enum {string|null}
                 */
                provenance: "usage" | "timings" | "counted" | null;
            } | null;
            /** @description What its tokens cost by the prices that held when it ended; null: no price or no tokens are known. */
            cost: number | null;
            /** @description Request sent until the last content. */
            e2e_ms: number | null;
            /** @description Request sent until the first byte of the answer. */
            ttfb_ms: number | null;
            /** @description Request sent until the first content that is not reasoning. */
            ttfo_ms: number | null;
            /** @description Gap between the first two chunks with content. */
            ttst_ms: number | null;
            /** @description Time per output token after the first. */
            tpot_ms: number | null;
            /** @description Sent later than it was due by this much. */
            send_lag_ms: number | null;
            /** @description Held back by the target's rate limit or because the target asked to wait; null: it was not. */
            held_ms: number | null;
            /** @description Output tokens a second as its reader sees them: 1 / tpot. */
            output_tokens_per_second: number | null;
            /** @description Events of the stream. */
            chunks: number | null;
            /** @description Why the target stopped, in its words. */
            finish_reason: string | null;
            /** @description Where the time went. */
            phases: {
                /** @description Due until claimed by an engine. */
                queue_ms: number | null;
                /** @description Name resolution. */
                dns_ms: number | null;
                /** @description TCP connect. */
                connect_ms: number | null;
                /** @description TLS handshake. */
                tls_ms: number | null;
                /** @description Connected until the request was sent. */
                send_ms: number | null;
                /** @description Sent until the first byte of the answer. */
                wait_ms: number | null;
                /** @description First byte until the end. */
                stream_ms: number | null;
            } | null;
            /** @description Whether a warm connection served it. */
            connection_reused: boolean | null;
            /** @description The engine's own delay between the kernel's receive time and its own. */
            client_lag_us: {
                /** @description Median, in microseconds. */
                p50: number | null;
                /** @description 99th percentile, in microseconds. */
                p99: number | null;
                /** @description Largest, in microseconds. */
                max: number | null;
            } | null;
            /** @description Chunks that arrived together with the one before. */
            batched_events: number | null;
            /** @description Whether times are the kernel's. */
            kernel_stamped: boolean | null;
            /** @description Engine that ran it. */
            engine: string | null;
            /** @description Place of the engine that ran it; before that, the only place where it may run. */
            location: string | null;
            /** @description Whether it was queued for this location alone. */
            pinned: boolean;
            /** @description Free text, by PATCH. */
            note: string | null;
            /** @description Merged inputs. */
            inputs?: {
                [key: string]: unknown;
            } | null;
            /** @description The request as sent, secrets masked. */
            request?: {
                /** @description HTTP method. */
                method: string;
                /** @description URL. */
                url: string;
                /** @description Headers; values that came from a secret are masked. */
                headers: {
                    [key: string]: string;
                };
                /** @description Body; masked likewise. */
                body: unknown;
            } | null;
            /** @description The answer. */
            response_json?: unknown;
        };
        RunBulkAnswer: {
            /** @description Numbers of the runs that were queued. */
            run_ids: number[];
            /** @description How many. */
            count: number;
            /** @description Label that those made by `locations` have in common; null without locations. */
            group: string | null;
        };
        RunCancelAnswer: {
            /** @description Runs that were pending or running and will end as cancelled. */
            cancelled: number;
            /** @description Runs that had ended before. */
            already_finished: number;
            /** @description Numbers that name no run. */
            not_found: number[];
        };
        Timeline: {
            /** @description In order of arrival. */
            chunks: {
                /** @description Microseconds since the request was sent. */
                t_us: number;
                /**
                 * @description What it carried.
                 * @enum {string}
                 */
                kind: "role" | "content" | "reasoning" | "tool" | "progress" | "usage" | "finish" | "other" | "error";
                /** @description Output tokens, where the stream says so. */
                tokens: number | null;
                /** @description Bytes on the wire. */
                bytes: number;
                /** @description Wake-up of the engine that saw it: equal numbers arrived together. */
                wake: number;
            }[];
            /** @description Indices of chunks that came after an unusually long gap. */
            stalls: number[];
            /** @description Whether later chunks were not kept. */
            truncated: boolean;
            /** @description Chunks that the run had. */
            total: number;
            /** @description Whether times are the kernel's. */
            kernel_stamped: boolean;
        };
        DashboardKpis: {
            /** @description Runs of the range, waiting and running ones included. */
            total_runs: number;
            /** @description Runs that count for success_rate: completed, failed or timed out. */
            attempts: number;
            /** @description Completed of the attempts, 0 to 100; 0 if there are none. */
            success_rate: number;
            /** @description 95 % Wilson interval of it, [low, high]. */
            success_interval: [
                number,
                number
            ] | null;
            /** @description Largest relative error of a quantile; everything else is exact. */
            relative_error: number;
            /** @description Duration of completed runs. */
            total_time_stats: components["schemas"]["DurationQuantiles"];
            /** @description Time to first token of completed runs. */
            ttft_stats: components["schemas"]["DurationQuantiles"] | null;
            /** @description Mean gap between tokens, in milliseconds. */
            avg_inter_token_latency: number | null;
            /** @description Number of runs in each state. */
            by_status: {
                [key: string]: number;
            };
            /** @description Runs that completed within every max of the SLOs that their scenario had (docs/slos.md). */
            good: number;
            /** @description Good of the attempts, in percent; null: no attempts. */
            attainment: number | null;
            /** @description 95 % Wilson interval of it, [low, high]. */
            attainment_interval: [
                number,
                number
            ] | null;
            /** @description All cost by good runs, in the currency of the prices; null: none was good, or no cost is known. */
            cost_per_good_result: number | null;
            /** @description Good runs per second of the window; null: it has no begin. */
            goodput_per_second: number | null;
            /** @description pass^k: how likely k attempts all pass, over the scenarios. */
            pass_k: {
                /** @description Trials. */
                k: number;
                /** @description Mean over tasks of C(c,k) / C(n,k) with c of n attempts completed; null: no task has k attempts. */
                value: number | null;
                /** @description Tasks (scenarios) of k attempts or more. */
                tasks: number;
            };
            /** @description What the figures are of. */
            range: {
                /**
                 * Format: date-time
                 * @description Begin of the range, widened to a whole hour or day; null: no bound.
                 */
                from: string | null;
                /**
                 * Format: date-time
                 * @description End of it, likewise.
                 */
                to: string | null;
                /**
                 * @description day: the range begins where hours are no longer kept (BenchmarkKeepHourCells), so it is one of whole days.
                 * @enum {string}
                 */
                resolution: "hour" | "day";
                /**
                 * Format: date-time
                 * @description If it begins before the first day that is kept (BenchmarkKeepDayCells): that day; else null.
                 */
                kept_from: string | null;
            };
            /** @description Most used first. */
            scenarios: {
                /** @description The scenario. */
                scenario_id: number;
                /** @description Its name. */
                name: string;
                /** @description Runs that ended. */
                runs: number;
                /** @description 0 to 100; null: no attempts. */
                success_rate: number | null;
                /** @description Median duration of completed runs. */
                p50_ms: number | null;
                /** @description 95th percentile of it. */
                p95_ms: number | null;
                /** @description 95th percentile of time to first token. */
                ttft_p95_ms: number | null;
            }[];
            /** @description Most used first; runs at no location are in none. */
            locations: {
                /** @description The location. */
                location: string;
                /** @description Runs that ended. */
                runs: number;
                /** @description 0 to 100; null: no attempts. */
                success_rate: number | null;
                /** @description Median duration of completed runs. */
                p50_ms: number | null;
                /** @description 95th percentile of it. */
                p95_ms: number | null;
                /** @description 95th percentile of time to first token. */
                ttft_p95_ms: number | null;
            }[];
            /** @description Figures over time. */
            series: {
                /** @description Width of a bucket; those without runs are left out. */
                bucket_seconds: number;
                /** @description Ascending by time. */
                buckets: {
                    /**
                     * Format: date-time
                     * @description Begin of the bucket.
                     */
                    at: string;
                    /** @description Runs that ended in it. */
                    n: number;
                    /** @description Completed ones. */
                    ok: number;
                    /** @description Median duration. */
                    p50_ms: number | null;
                    /** @description 95th percentile of it. */
                    p95_ms: number | null;
                    /** @description 99th percentile of it. */
                    p99_ms: number | null;
                    /** @description 95th percentile of time to first token. */
                    ttft_p95_ms: number | null;
                }[];
            };
            /** @description The range of the same length before; null without from. */
            previous: {
                /** @description Runs that ended. */
                total_runs: number;
                /** @description 0 to 100. */
                success_rate: number | null;
                /** @description Median duration. */
                p50: number | null;
                /** @description 95th percentile of it. */
                p95: number | null;
                /** @description 99th percentile of it. */
                p99: number | null;
                /** @description 95th percentile of time to first token. */
                ttft_p95: number | null;
            } | null;
            /** @description The ten newest runs. */
            recent_runs: components["schemas"]["Run"][];
        };
        DurationQuantiles: {
            /** @description Median, in milliseconds. */
            p50: number;
            /** @description 95th percentile. */
            p95: number;
            /** @description 99th percentile. */
            p99: number;
            /** @description Sample size; 0: the others are 0 and mean nothing. */
            n: number;
            /** @description 95 % intervals by order statistics. */
            intervals: {
                /** @description [low, high] in milliseconds; null: too few samples. */
                p50: unknown[] | null;
                /** @description Likewise. */
                p95: unknown[] | null;
                /** @description Likewise. */
                p99: unknown[] | null;
            };
            /** @description Those of p50, p95 and p99 that so few samples do not certify. */
            few_samples: string[];
        };
        Label: {
            /** @description The label; null in the row of those that are not told apart. */
            label: string | null;
            /** @description true: runs with labels that have no figures of their own, because the run has more than BenchmarkMaxLabels or because there were 1,000 labels before. */
            other: boolean;
            /** @description Runs that ended with it, as far as their figures are kept. */
            runs: number;
            /** @description Requests of load tests, likewise. */
            requests: number;
            /**
             * Format: date-time
             * @description Begin of the day (UTC) of the newest of them.
             */
            last_day: string | null;
        };
        KpiRebuild: {
            /** @description Number. */
            id: number;
            /**
             * @description scanning: runs of the window are looked for; rebuilding: its hours are made again, one by one.
             * @enum {string}
             */
            state: "scanning" | "rebuilding" | "done";
            /**
             * Format: date-time
             * @description Begin of the window, a whole hour.
             */
            from: string;
            /**
             * Format: date-time
             * @description End of it, exclusive.
             */
            to: string;
            /** @description The scenario; null: all. */
            scenario_id: number | null;
            /** @description How much of the runs has been looked at, 0 to 1. */
            scanned: number;
            /** @description Hours to be made again, of each scenario and kind; null while scanning. Where hours are no longer kept, days. */
            hours: number | null;
            /** @description Those that wait; null while scanning. */
            hours_left: number | null;
            /** @description Hours that were left as they are, because retention has dropped rows that they count. */
            hours_kept: number;
            /** @description Who asked for it; null: anonymous. */
            created_by: string | null;
            /**
             * Format: date-time
             * @description When.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it was done.
             */
            finished_at: string | null;
        };
        Comparison: {
            /** @description Side A, what B is compared with. */
            a: components["schemas"]["ComparisonSide"];
            /** @description Side B. */
            b: components["schemas"]["ComparisonSide"];
            /**
             * @description Of B altogether: better in some and worse in none ...
             * @enum {string}
             */
            verdict: "better" | "worse" | "mixed" | "no_difference" | "too_few_samples";
            /** @description The verdict in words. */
            sentence: string;
            /** @description Chance of even one false better or worse if there is no difference. */
            significance: number;
            /**
             * @description How p-values are corrected for their number.
             * @enum {string}
             */
            correction: "holm";
            /** @description That number. */
            tests: number;
            /**
             * @description Where intervals of differences and ratios come from.
             * @enum {string}
             */
            intervals: "bootstrap" | "cells";
            /** @description Of the bootstrap. */
            replicates: number;
            /** @description Of samples and bootstrap; the same gives the same answer. */
            seed: number;
            /** @description Those measured on both sides. */
            metrics: components["schemas"]["ComparisonMetric"][];
            /** @description Those that a side does not have. */
            not_measured: string[];
            /** @description What was set up differently. */
            configuration: {
                /** @description What differs: scenario (as id@version), model, plan/load_model/rate ... */
                what: string;
                /** @description On side A. */
                a: unknown;
                /** @description On side B. */
                b: unknown;
            }[];
            /** @description What to know before believing it. */
            notes: string[];
        };
        ComparisonSide: {
            /** @description As asked. */
            side: string;
            /**
             * @description What it is.
             * @enum {string}
             */
            kind: "runs" | "scenario" | "loadtest" | "window";
            /** @description Runs or requests that it has; of a sample about as many. */
            runs: number;
            /** @description How many of them were looked at. */
            looked_at: number;
            /**
             * @description rows: all of them; sample: a seeded sample of the rows; cells: KPI cells, for there are too many rows.
             * @enum {string}
             */
            basis: "rows" | "sample" | "cells";
            /**
             * Format: date-time
             * @description When the first of those that were looked at ended; null: from cells.
             */
            first_ended_at: string | null;
            /**
             * Format: date-time
             * @description When the last one did.
             */
            last_ended_at: string | null;
        };
        ComparisonMetric: {
            /** @description Name of the quantity. */
            metric: string;
            /**
             * @description Of its values.
             * @enum {string}
             */
            unit: "ms" | "%" | "tokens" | "cost";
            /**
             * @description Which way is better.
             * @enum {string}
             */
            better: "lower" | "higher" | "neither";
            /** @description It tells of the measuring engine and has no part in the whole verdict. */
            own_side: boolean;
            /** @description Side A. */
            a: components["schemas"]["ComparisonPart"];
            /** @description Side B. */
            b: components["schemas"]["ComparisonPart"];
            /** @description B minus A. */
            difference: components["schemas"]["ComparisonIntervals"];
            /** @description B divided by A. */
            ratio: components["schemas"]["ComparisonIntervals"];
            /**
             * @description What p comes from.
             * @enum {string|null}
             */
            test: "mann_whitney_exact" | "mann_whitney" | "fisher_exact" | "score" | "median_intervals" | null;
            /** @description Two-sided, of this quantity alone; null: no test. */
            p: number | null;
            /** @description Corrected for all tests of this answer (Holm); null: too few samples. */
            p_corrected: number | null;
            /** @description How large the difference is; null: from cells. */
            effect: {
                /**
                 * @description Cliff's delta, -1 to 1: how much more often a value of B is larger than one of A than smaller.
                 * @enum {string}
                 */
                name: "cliffs_delta" | "rate_difference";
                /** @description Positive: B tends to be larger. */
                value: number;
                /** @description Lower end of its 95 % interval. */
                low: number;
                /** @description Upper end. */
                high: number;
                /**
                 * @description In words, whatever its sign.
                 * @enum {string}
                 */
                magnitude: "negligible" | "small" | "medium" | "large";
            } | null;
            /**
             * @description Of B as seen from A.
             * @enum {string}
             */
            verdict: "better" | "worse" | "differs" | "no_difference" | "too_few_samples";
            /** @description The verdict in words. */
            sentence: string;
        };
        ComparisonPart: {
            /** @description Values. */
            n: number;
            /** @description Runs or requests that they came from. */
            runs: number;
            /** @description Too few to certify a p99. */
            few_samples: boolean;
            /** @description The mean; of success_rate the rate in per cent. */
            mean: components["schemas"]["Interval"] | null;
            /** @description Median. */
            p50: components["schemas"]["Interval"] | null;
            /** @description 95th percentile. */
            p95: components["schemas"]["Interval"] | null;
            /** @description 99th percentile. */
            p99: components["schemas"]["Interval"] | null;
            /** @description With curves: the values at 0, 1 ... 100 %. */
            curve?: number[] | null;
        };
        Interval: {
            /** @description The estimate; null: cannot be told. */
            value: number | null;
            /** @description Lower end of its 95 % interval; null: too few samples for one. */
            low: number | null;
            /** @description Upper end. */
            high: number | null;
        };
        ComparisonIntervals: {
            /** @description Of the mean; of success_rate of the rate. */
            mean: components["schemas"]["Interval"] | null;
            /** @description Of the median. */
            p50: components["schemas"]["Interval"] | null;
            /** @description Of the 95th percentile. */
            p95: components["schemas"]["Interval"] | null;
            /** @description Of the 99th percentile. */
            p99: components["schemas"]["Interval"] | null;
        };
        TraceSource: {
            /** @description Number of the source. */
            id: number;
            /** @description Name for people; no other source of its project has it. */
            name: string;
            /** @description What it is. */
            description: string | null;
            /**
             * @description langfuse: a server that is mirrored; pushed: traces are sent to it (POST /otlp/v1/traces, POST /ingestion).
             * @enum {string}
             */
            kind: "langfuse" | "pushed";
            /** @description Address of the Langfuse server, without /api/public: https://cloud.langfuse.com; null: it is pushed. */
            url: string | null;
            /** @description Public key of the Langfuse project (pk-lf-...); null: it is pushed. */
            public_key: string | null;
            /** @description Name of the secret that holds its secret key (sk-lf-...): one of this project's, or of BenchmarkSecret; null: it is pushed. */
            secret: string | null;
            /** @description How often the newest is read. */
            interval_seconds: number;
            /** @description What is read again each time, because observations come late, and change: the longest that takes. */
            overlap_seconds: number;
            /** @description How far into the past it is read, counted from its first sync. */
            backfill_days: number;
            /** @description Observations of a request. Langfuse gives 1000 at most. */
            page_size: number;
            /** @description Requests that the server allows in a minute; fewer are sent. null: no limit, as of a server of one's own. */
            requests_per_minute: number | null;
            /** @description Most requests of a day (UTC); null: no limit. */
            requests_per_day: number | null;
            /** @description Nothing is read unless somebody asks for it; nothing that is sent is taken. */
            paused: boolean;
            /**
             * Format: date-time
             * @description When something was last sent to it.
             */
            pushed_at: string | null;
            /** @description Observations and traces that were sent to it, repeated ones too; null: it is not pushed. */
            pushed: number | null;
            /** @description What was sent and could not be stored. */
            pushed_refused: number | null;
            /** @description Scores are read, too: at least one request more in each pass. */
            scores: boolean;
            /** @description What is kept of inputs and outputs from now on; null: they are not asked for. */
            bodies: components["schemas"]["TraceBodies"] | null;
            /** @description What its deployment calls things. What was there before is read anew by them. */
            words: components["schemas"]["TraceWords"] | null;
            /** @description Project that it belongs to: given when it is made, else the first that the client sees; never changed. */
            project_id: number;
            /** @description User who made it; null: anonymous. */
            created_by: string | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it was last changed.
             */
            updated_at: string;
        };
        TraceBodies: {
            /** @description Bytes of each, longer ones are cut; absent: 10000. */
            max_bytes?: number;
            /** @description Regular expressions (PCRE2): what they find is stored as ***. */
            redact?: string[];
        };
        TraceWords: {
            /** @description What is told of sessions, by name, and where the metadata of their traces have it; 20 at most. */
            labels?: {
                [key: string]: string;
            };
            /** @description How far a session is, by tags of its traces. */
            stage?: {
                /** @description What it is called in sessions: max_chapter. */
                name: string;
                /** @description A tag that begins so, with up to four digits behind it, is a stage: chapter_. */
                tag_prefix: string;
            };
            /** @description When a session is complete; absent: none ever is. */
            complete?: {
                /** @description It has reached this stage. */
                stage?: number;
                /** @description Or it has such an observation. */
                observation?: {
                    /** @description Its type: AGENT. */
                    type?: string;
                    /** @description Its name. */
                    name?: string;
                };
            };
            /** @description Of agents: the first that fits counts. */
            categories?: {
                /** @description Regular expression (PCRE2), found anywhere in an agent's name. */
                pattern: string;
                /** @description What such agents are. */
                category: string;
            }[];
        };
        TraceSync: {
            /** @description Source. */
            source_id: number;
            /** @description Its name. */
            name: string;
            /**
             * @description running: a pass is under way; rate_limited: it waits because the server or a budget says so; error: it failed, and is tried again.
             * @enum {string}
             */
            status: "idle" | "running" | "rate_limited" | "error";
            /** @description Nothing is read unless somebody asks for it. */
            paused: boolean;
            /** @description What the last attempt ran into; null: nothing. */
            error_message: string | null;
            /**
             * Format: date-time
             * @description When the newest was last read to its end.
             */
            last_sync_at: string | null;
            /**
             * Format: date-time
             * @description When it is gone on with; null: it is paused.
             */
            next_sync_at: string | null;
            /** @description The newest was not read for twice the interval. */
            is_stale: boolean;
            /**
             * @description What the server speaks; null: not asked yet.
             * @enum {string|null}
             */
            api: "v4" | "v1" | null;
            /** @description What it says it is. */
            server_version: string | null;
            /**
             * Format: date-time
             * @description Everything that began from then on ...
             */
            mirrored_from: string | null;
            /**
             * Format: date-time
             * @description ... to then is here, but for what came late.
             */
            mirrored_to: string | null;
            /** @description Part of the past that has been read, 0 to 1; null: not begun. */
            backfill_progress: number | null;
            /** @description Requests of this day (UTC). */
            requests_today: number;
            /** @description Failed attempts in a row. */
            failures: number;
            /** @description Its words were changed, and not all that was there before is read by them yet. */
            words_pending: boolean;
        };
        TracePass: {
            /** @description Number of the pass. */
            id: number;
            /**
             * @description Why it began.
             * @enum {string}
             */
            reason: "first" | "interval" | "asked";
            /**
             * @description How it goes, or ended.
             * @enum {string}
             */
            status: "running" | "completed" | "failed";
            /**
             * Format: date-time
             * @description When it began.
             */
            started_at: string;
            /**
             * Format: date-time
             * @description When it ended; null: it is under way.
             */
            ended_at: string | null;
            /**
             * @description What the server spoke.
             * @enum {string|null}
             */
            api: "v4" | "v1" | null;
            /** @description Requests, failed ones too. */
            requests: number;
            /** @description Pages that are stored. */
            pages: number;
            /** @description Observations in them. */
            received: number;
            /** @description Of these new ones, and such that were different. */
            changed: number;
            /** @description Observations that were no longer there. */
            deleted: number;
            /** @description Elements without an id or a begin, which nobody can store. */
            refused: number;
            /** @description Answers that said to wait, or to ask for less. */
            limited: number;
            /** @description Attempts that failed. */
            failures: number;
            /** @description What it ran into last. */
            error_message: string | null;
        };
        SyncStatus: {
            /**
             * @description The worst of all sources': error, rate_limited, running, idle.
             * @enum {string}
             */
            status: "idle" | "running" | "rate_limited" | "error";
            /**
             * Format: date-time
             * @description Since when the newest of every source was read; null: of one it never was, or there is none.
             */
            last_sync_at: string | null;
            /**
             * Format: date-time
             * @description When the first of them is gone on with; null: none will.
             */
            next_sync_at: string | null;
            /** @description What the first one that is in trouble ran into. */
            error_message: string | null;
            /** @description Of one that is not paused the newest was not read for twice its interval. */
            is_stale: boolean;
            /** @description Each source. */
            sources: components["schemas"]["TraceSync"][];
        };
        SyncTrigger: {
            /**
             * @description It was asked for.
             * @enum {string}
             */
            status: "started";
            /** @description How many sources are synced. */
            message: string;
        };
        OtlpAnswer: {
            /** @description Absent: all spans were stored. */
            partialSuccess?: {
                /** @description How many spans could not be stored: a number as text. */
                rejectedSpans: string;
                /** @description Why, of the first of them. */
                errorMessage: string;
            };
        };
        IngestionAnswer: {
            /** @description Events that count. */
            successes: {
                /** @description Event. */
                id: string;
                /** @description 201. */
                status: number;
            }[];
            /** @description Events that do not. */
            errors: {
                /** @description Event; unknown, if it has no id. */
                id: string;
                /** @description 400. */
                status: number;
                /** @description What Langfuse says of it. */
                message: string;
                /** @description What is wrong with it. */
                error: string;
            }[];
        };
        Trace: {
            /** @description Id of the trace, as its source has it. */
            id: string;
            /** @description Source that it came from. */
            source_id: number;
            /** @description Project of that source. */
            project_id: number;
            /** @description Its name, or that of its first observation. */
            name: string | null;
            /**
             * Format: date-time
             * @description When it began.
             */
            timestamp: string;
            /** @description Begin to last end; null: nothing has ended. */
            latency_ms: number | null;
            /** @description Session. */
            session_id: string | null;
            /** @description User, as the source has him. */
            user_id: string | null;
            /** @description Environment. */
            environment: string | null;
            /** @description Release. */
            release: string | null;
            /** @description Version. */
            version: string | null;
            /** @description Tags. */
            tags: string[];
            /** @description How many it has. */
            observations: number;
            /** @description Of these of level ERROR. */
            errors: number;
            /** @description Stage, by the words of its source. */
            stage: number | null;
            /** @description Tokens in. */
            input_tokens: number | null;
            /** @description Tokens out. */
            output_tokens: number | null;
            /** @description All tokens. */
            total_tokens: number | null;
            /** @description USD. */
            total_cost: number | null;
            /** @description As the source has it. */
            metadata?: unknown;
        };
        TraceSession: {
            /** @description Id of the session, as its source has it. */
            id: string;
            /** @description Source that it came from. */
            source_id: number;
            /** @description Project of that source. */
            project_id: number;
            /** @description Traces. */
            trace_count: number;
            /** @description Their observations. */
            observations: number;
            /** @description Of these of level ERROR. */
            errors: number;
            /** @description Its users, ten at most. */
            user_ids: string[];
            /**
             * Format: date-time
             * @description Begin of its first trace.
             */
            first_trace_at: string;
            /**
             * Format: date-time
             * @description Begin of its last one.
             */
            last_trace_at: string;
            /** @description First begin to last end. */
            duration_seconds: number;
            /** @description Mean latency of its traces, in seconds. */
            avg_latency: number | null;
            /** @description By the words of its source. */
            labels: {
                [key: string]: string | null;
            };
            /** @description The highest of its traces. */
            stage: number | null;
            /** @description By the words of its source. */
            is_complete: boolean;
            /** @description Tokens in. */
            input_tokens: number | null;
            /** @description Tokens out. */
            output_tokens: number | null;
            /** @description All tokens. */
            total_tokens: number | null;
            /** @description USD. */
            total_cost: number | null;
        };
        TraceModel: {
            /** @description Name of the model, as observations have it. */
            name: string;
            /** @description How many. */
            execution_count: number;
            /** @description Of these that failed. */
            errors: number;
            /** @description Percent of them that did not. */
            success_rate: number;
            /** @description Mean latency; null: none has ended. */
            avg_latency_ms: number | null;
            /** @description Tokens in. */
            input_tokens: number;
            /** @description Tokens out. */
            output_tokens: number;
            /** @description All tokens. */
            total_tokens: number;
            /** @description USD. */
            total_cost: number;
        };
        TraceDay: {
            /** @description Day (UTC) that the traces began on. */
            date: string;
            /** @description How many. */
            execution_count: number;
            /** @description Of these that failed. */
            errors: number;
            /** @description Percent of them that did not. */
            success_rate: number;
            /** @description Mean latency; null: none has ended. */
            avg_latency_ms: number | null;
            /** @description Tokens in. */
            input_tokens: number;
            /** @description Tokens out. */
            output_tokens: number;
            /** @description All tokens. */
            total_tokens: number;
            /** @description USD. */
            total_cost: number;
        };
        Observation: {
            /** @description Id of the observation, as its source has it. */
            id: string;
            /** @description Source that it came from. */
            source_id: number;
            /** @description Trace. */
            trace_id: string;
            /** @description Observation above it; null: none. */
            parent_id: string | null;
            /** @description SPAN, GENERATION, EVENT, AGENT, TOOL ... */
            type: string;
            /** @description Name. */
            name: string | null;
            /** @description DEBUG, DEFAULT, WARNING or ERROR. */
            level: string;
            /** @description What it says of that. */
            status_message: string | null;
            /**
             * Format: date-time
             * @description When it began.
             */
            start_time: string;
            /**
             * Format: date-time
             * @description When it ended; null: it has not, or did not say.
             */
            end_time: string | null;
            /** @description Begin to end. */
            latency_ms: number | null;
            /** @description Begin to first token. */
            ttft_ms: number | null;
            /** @description Model, as it was named. */
            model: string | null;
            /** @description Tokens in. */
            input_tokens: number | null;
            /** @description Tokens out. */
            output_tokens: number | null;
            /** @description All tokens. */
            total_tokens: number | null;
            /** @description USD. */
            total_cost: number | null;
            /** @description Session; null also where the source tells it of traces only. */
            session_id: string | null;
            /** @description User, likewise. */
            user_id: string | null;
            /** @description Environment. */
            environment: string | null;
            /** @description Version. */
            version: string | null;
            /** @description Tokens by kind, as the source has them. */
            usage_details?: unknown;
            /** @description USD by kind, as the source has them. */
            cost_details?: unknown;
            /** @description As the source has it. */
            metadata?: unknown;
        };
        TraceScore: {
            /** @description Id of the score, as its source has it. */
            id: string;
            /** @description Source that it came from. */
            source_id: number;
            /** @description What is scored. */
            name: string | null;
            /** @description Its value, 0 or 1 of one that is true or not; null: a text. */
            value: number | null;
            /** @description The value as a text, where it is not a number alone. */
            string_value: string | null;
            /** @description NUMERIC, BOOLEAN, CATEGORICAL ... */
            data_type: string | null;
            /** @description ANNOTATION, API or EVAL. */
            source: string | null;
            /** @description What was said of it. */
            comment: string | null;
            /**
             * Format: date-time
             * @description When it was given.
             */
            timestamp: string;
            /** @description Trace that it is of, or that its observation is in. */
            trace_id: string | null;
            /** @description Observation that it is of. */
            observation_id: string | null;
            /** @description Session that it is of. */
            session_id: string | null;
            /** @description Environment. */
            environment: string | null;
        };
        TraceDetail: {
            /** @description Id of the trace, as its source has it. */
            id: string;
            /** @description Source that it came from. */
            source_id: number;
            /** @description Project of that source. */
            project_id: number;
            /** @description Its name, or that of its first observation. */
            name: string | null;
            /**
             * Format: date-time
             * @description When it began.
             */
            timestamp: string;
            /** @description Begin to last end; null: nothing has ended. */
            latency_ms: number | null;
            /** @description Session. */
            session_id: string | null;
            /** @description User, as the source has him. */
            user_id: string | null;
            /** @description Environment. */
            environment: string | null;
            /** @description Release. */
            release: string | null;
            /** @description Version. */
            version: string | null;
            /** @description Tags. */
            tags: string[];
            /** @description How many it has. */
            observations: number;
            /** @description Of these of level ERROR. */
            errors: number;
            /** @description Stage, by the words of its source. */
            stage: number | null;
            /** @description Tokens in. */
            input_tokens: number | null;
            /** @description Tokens out. */
            output_tokens: number | null;
            /** @description All tokens. */
            total_tokens: number | null;
            /** @description USD. */
            total_cost: number | null;
            /** @description As the source has it. */
            metadata?: unknown;
            /** @description Its observations, each before those below it, siblings by begin. */
            tree: components["schemas"]["ObservationNode"][];
            /** @description What somebody thought of it, newest first; 1000 at most. */
            scores: components["schemas"]["TraceScore"][];
        };
        ObservationNode: {
            /** @description How many are above it in the tree. */
            depth: number;
            /** @description How many are right below it. */
            children: number;
            /** @description Id of the observation, as its source has it. */
            id: string;
            /** @description Source that it came from. */
            source_id: number;
            /** @description Trace. */
            trace_id: string;
            /** @description Observation above it; null: none. */
            parent_id: string | null;
            /** @description SPAN, GENERATION, EVENT, AGENT, TOOL ... */
            type: string;
            /** @description Name. */
            name: string | null;
            /** @description DEBUG, DEFAULT, WARNING or ERROR. */
            level: string;
            /** @description What it says of that. */
            status_message: string | null;
            /**
             * Format: date-time
             * @description When it began.
             */
            start_time: string;
            /**
             * Format: date-time
             * @description When it ended; null: it has not, or did not say.
             */
            end_time: string | null;
            /** @description Begin to end. */
            latency_ms: number | null;
            /** @description Begin to first token. */
            ttft_ms: number | null;
            /** @description Model, as it was named. */
            model: string | null;
            /** @description Tokens in. */
            input_tokens: number | null;
            /** @description Tokens out. */
            output_tokens: number | null;
            /** @description All tokens. */
            total_tokens: number | null;
            /** @description USD. */
            total_cost: number | null;
            /** @description Session; null also where the source tells it of traces only. */
            session_id: string | null;
            /** @description User, likewise. */
            user_id: string | null;
            /** @description Environment. */
            environment: string | null;
            /** @description Version. */
            version: string | null;
            /** @description Tokens by kind, as the source has them. */
            usage_details?: unknown;
            /** @description USD by kind, as the source has them. */
            cost_details?: unknown;
            /** @description As the source has it. */
            metadata?: unknown;
        };
        ObservationDetail: {
            /** @description Id of the observation, as its source has it. */
            id: string;
            /** @description Source that it came from. */
            source_id: number;
            /** @description Trace. */
            trace_id: string;
            /** @description Observation above it; null: none. */
            parent_id: string | null;
            /** @description SPAN, GENERATION, EVENT, AGENT, TOOL ... */
            type: string;
            /** @description Name. */
            name: string | null;
            /** @description DEBUG, DEFAULT, WARNING or ERROR. */
            level: string;
            /** @description What it says of that. */
            status_message: string | null;
            /**
             * Format: date-time
             * @description When it began.
             */
            start_time: string;
            /**
             * Format: date-time
             * @description When it ended; null: it has not, or did not say.
             */
            end_time: string | null;
            /** @description Begin to end. */
            latency_ms: number | null;
            /** @description Begin to first token. */
            ttft_ms: number | null;
            /** @description Model, as it was named. */
            model: string | null;
            /** @description Tokens in. */
            input_tokens: number | null;
            /** @description Tokens out. */
            output_tokens: number | null;
            /** @description All tokens. */
            total_tokens: number | null;
            /** @description USD. */
            total_cost: number | null;
            /** @description Session; null also where the source tells it of traces only. */
            session_id: string | null;
            /** @description User, likewise. */
            user_id: string | null;
            /** @description Environment. */
            environment: string | null;
            /** @description Version. */
            version: string | null;
            /** @description Tokens by kind, as the source has them. */
            usage_details?: unknown;
            /** @description USD by kind, as the source has them. */
            cost_details?: unknown;
            /** @description As the source has it. */
            metadata?: unknown;
            /** @description As far as its source keeps it (bodies). */
            input: string | null;
            /** @description Likewise. */
            output: string | null;
            /** @description What somebody thought of it, newest first; 1000 at most. */
            scores: components["schemas"]["TraceScore"][];
        };
        AgentList: {
            /** @description Most executed first. */
            data: components["schemas"]["Agent"][];
        };
        Agent: {
            /** @description Name of the agent. */
            name: string;
            /** @description By the words of its sources; other: no pattern fits. */
            category: string;
            /** @description How many. */
            execution_count: number;
            /** @description Of these that failed. */
            errors: number;
            /** @description Percent of them that did not. */
            success_rate: number;
            /** @description Mean latency; null: none has ended. */
            avg_latency_ms: number | null;
            /** @description Tokens in. */
            input_tokens: number;
            /** @description Tokens out. */
            output_tokens: number;
            /** @description All tokens. */
            total_tokens: number;
            /** @description USD. */
            total_cost: number;
        };
        AgentDetail: {
            /** @description Name of the agent. */
            name: string;
            /** @description By the words of its sources; other: no pattern fits. */
            category: string;
            /** @description Of the days that were asked for. */
            stats: {
                /** @description How many. */
                execution_count: number;
                /** @description Of these that failed. */
                errors: number;
                /** @description Percent of them that did not. */
                success_rate: number;
                /** @description Mean latency; null: none has ended. */
                avg_latency_ms: number | null;
                /** @description Tokens in. */
                input_tokens: number;
                /** @description Tokens out. */
                output_tokens: number;
                /** @description All tokens. */
                total_tokens: number;
                /** @description USD. */
                total_cost: number;
            };
            /** @description The last 20, newest first. */
            recent_executions: components["schemas"]["AgentExecution"][];
        };
        AgentExecution: {
            /** @description Its trace. */
            trace_id: string;
            /** @description The observation that it is. */
            observation_id: string;
            /** @description Source of both. */
            source_id: number;
            /**
             * Format: date-time
             * @description When it began.
             */
            timestamp: string;
            /** @description Begin to end; null: it has not ended. */
            latency_ms: number | null;
            /** @description Of the generations right below it. */
            tokens: number;
            /** @description Likewise, USD. */
            cost: number;
            /**
             * @description error: its level is ERROR.
             * @enum {string}
             */
            status: "success" | "error";
        };
        AgentCharts: {
            /** @description The last 20 executions, oldest first. */
            latency_over_time: {
                /**
                 * Format: date-time
                 * @description When it began.
                 */
                timestamp: string;
                /** @description Begin to end; null: it has not ended. */
                latency_ms: number | null;
            }[];
            /** @description All 24 hours. */
            executions_by_hour: {
                /** @description Hour of the day (UTC), 0 to 23. */
                hour: number;
                /** @description Executions that began in it, on any day. */
                count: number;
            }[];
        };
        CupidSessions: {
            /** @description Those first whose last trace is newest. */
            data: components["schemas"]["CupidSession"][];
            /** @description Which part of them this is. */
            meta: {
                /** @description How many there are. */
                total: number;
                /** @description Which page this is, from 1. */
                page: number;
                /** @description Sessions of a page. */
                limit: number;
                /** @description How many pages there are. */
                pages: number;
            };
        };
        CupidSession: {
            /** @description Id of the session, as its source has it. */
            id: string;
            /** @description Source that it came from. */
            source_id: number;
            /**
             * Format: date-time
             * @description Begin of its first trace.
             */
            created_at: string;
            /** @description Traces. */
            trace_count: number;
            /** @description Observations of level ERROR. */
            errors: number;
            /** @description USD. */
            total_cost: number;
            /** @description All tokens. */
            total_tokens: number;
            /** @description Mean latency of its traces, in seconds; 0: none has ended. */
            avg_latency: number;
            /**
             * Format: date-time
             * @description Begin of its first trace.
             */
            first_trace_at: string;
            /**
             * Format: date-time
             * @description Begin of its last one.
             */
            last_trace_at: string;
            /** @description First begin to last end. */
            duration_seconds: number;
            /** @description By the words of its source. */
            is_complete: boolean;
            /** @description Its users, ten at most. */
            user_ids: string[];
        } & {
            [key: string]: unknown;
        };
        CupidSessionStats: {
            /** @description How many. */
            total_sessions: number;
            /** @description USD. */
            total_cost: number;
            /** @description Mean of begin to last end; 0: there is none. */
            avg_duration_seconds: number;
            /** @description Mean of their mean latencies; 0: there is none. */
            avg_latency_seconds: number;
            /** @description Of these complete by the words of their source. */
            complete_sessions: number;
            /** @description The others. */
            incomplete_sessions: number;
        };
        CupidConversation: {
            /** @description The session. */
            session: components["schemas"]["CupidSession"];
            /** @description From its first trace on. */
            messages: components["schemas"]["CupidMessage"][];
            /** @description Of the session as a whole, newest first. */
            scores: components["schemas"]["TraceScore"][];
        };
        CupidMessage: {
            /**
             * @description user: what a trace was asked; agent: what one of it answered.
             * @enum {string}
             */
            type: "user" | "agent";
            /**
             * Format: date-time
             * @description When it began.
             */
            timestamp: string;
            /** @description Stage of its trace; null: none. */
            chapter: number | null;
            /** @description Name of the agent, or of a trace that has none; null: a user's. */
            agent: string | null;
            /** @description Input or output, as far as the source keeps them (bodies); else empty. */
            content: string;
            /** @description Its trace. */
            trace_id: string;
            /** @description Of an agent. */
            metadata: {
                /** @description Begin to end; null: it has not ended. */
                latency_ms: number | null;
                /** @description USD, of the generations right below. */
                cost: number;
                /** @description Likewise. */
                total_tokens: number;
                /** @description Likewise, in. */
                prompt_tokens: number;
                /** @description Likewise, out. */
                completion_tokens: number;
                /** @description Model of one of these; null: not said. */
                model: string | null;
            } | null;
        };
        CupidDashboard: {
            /** @description Of the range. */
            kpis: {
                /** @description Sessions with a trace in the range. */
                unique_sessions: number;
                /** @description Traces. */
                total_traces: number;
                /** @description USD. */
                total_cost: number;
                /** @description Mean latency of traces; 0: none has ended. */
                avg_latency_seconds: number;
                /** @description USD of all traces by the number of sessions. */
                cost_per_session: number;
            };
            /** @description Ascending. */
            cost_by_chapter: {
                /** @description Stage of traces. */
                chapter: number;
                /** @description USD. */
                cost: number;
            }[];
            /** @description Oldest first; days without any are left out. */
            traces_per_day: {
                /** @description Day (UTC). */
                date: string;
                /** @description Traces that began on it. */
                count: number;
            }[];
        };
        ScenarioTrend: {
            /** @description The scenario. */
            scenario_id: number;
            /** @description The figure. */
            metric: string;
            /** @description Of it; null of success_rate. */
            quantile: number | null;
            /**
             * @description Of values.
             * @enum {string}
             */
            unit: "ms" | "%";
            /** @description Largest relative error of a value. */
            relative_error: number;
            /** @description Every day, ascending; the last one is today. */
            series: {
                /**
                 * Format: date-time
                 * @description Begin of the day, UTC.
                 */
                day: string;
                /** @description Values of that day; of success_rate attempts. */
                n: number;
                /** @description The figure; null: no values. */
                value: number | null;
                /** @description Lower end of its 95 % interval; null: too few values. */
                low: number | null;
                /** @description Upper end. */
                high: number | null;
                /** @description The line is drawn through it: the day is over and has at least 5 values. */
                used: boolean;
                /** @description The line on that day; null: none was drawn. */
                line: number | null;
            }[];
            /** @description Null: too few days. */
            slope: {
                /** @description Theil-Sen slope, in units a day. */
                per_day: number;
                /** @description Lower end of its 95 % interval; null: too few days. */
                low: number | null;
                /** @description Upper end. */
                high: number | null;
                /** @description Days that it was drawn through. */
                days: number;
                /** @description What they are worth, as days resemble the day before. */
                n_effective: number;
            } | null;
            /** @description How well the line would have foretold the past. */
            backtest: {
                /** @description Past days from which the line was drawn on. */
                forecasts: number;
                /** @description How far. */
                horizon_days: number;
                /** @description Its mean absolute error. */
                error_line: number | null;
                /** @description That of saying that nothing changes. */
                error_same_as_last: number | null;
            } | null;
            /** @description When the figure breaks the limit. */
            forecast: {
                /**
                 * @description Whether a day can be told, or why not.
                 * @enum {string}
                 */
                status: "shown" | "already_broken" | "too_few_days" | "no_slope" | "moving_away" | "not_foretold" | "too_far" | "no_threshold";
                /** @description The limit. */
                threshold: number | null;
                /**
                 * @description Where it comes from.
                 * @enum {string|null}
                 */
                threshold_from: "query" | "slo" | null;
                /**
                 * Format: date-time
                 * @description When the line reaches it.
                 */
                at: string | null;
                /**
                 * Format: date-time
                 * @description With the steeper end of the slope's interval.
                 */
                earliest: string | null;
                /**
                 * Format: date-time
                 * @description With the flatter end; null although there is a date: as good as never.
                 */
                latest: string | null;
            };
            /** @description All of that in words. */
            sentence: string;
        };
        TrainingComparison: {
            /**
             * @description B, seen from A: better or worse where the intervals of the two capacities do not touch.
             * @enum {string}
             */
            verdict: "better" | "worse" | "no_difference" | "not_comparable";
            /** @description The same in words. */
            sentence: string;
            /** @description The one that is compared with. */
            a: components["schemas"]["ComparedSession"];
            /** @description The one that the verdict is about. */
            b: components["schemas"]["ComparedSession"];
            /** @description Of the capacities; null: one of them is not known. */
            ratio: {
                /** @description Capacity of B divided by that of A. */
                value: number;
                /** @description The least that the two intervals allow. */
                low: number;
                /** @description The most. */
                high: number;
            } | null;
            /** @description Problems by type and difficulty. */
            kinds: {
                /**
                 * @description Type of problems.
                 * @enum {string}
                 */
                type: "load_balancing" | "resource_allocation" | "fault_tolerance" | "data_processing" | "concurrent_requests" | "network_latency" | "memory_optimization" | "cache_efficiency";
                /**
                 * @description Their difficulty.
                 * @enum {string}
                 */
                difficulty: "easy" | "medium" | "hard" | "extreme";
                /** @description Problems of A that were judged. */
                a_problems: number;
                /** @description Those that met all expected outcomes. */
                a_met: number;
                /** @description Their mean success rate, 0 to 1. */
                a_success_rate: number | null;
                /** @description Likewise of B. */
                b_problems: number;
                /** @description Likewise. */
                b_met: number;
                /** @description Likewise. */
                b_success_rate: number | null;
            }[];
            /** @description In what their plans differ. */
            configuration: {
                /** @description Member of the plan, such as budget.seconds. */
                what: string;
                /** @description Its value in A; null: it has none. */
                a: unknown;
                /** @description Its value in B. */
                b: unknown;
            }[];
        };
        ComparedSession: {
            /** @description Number of the session. */
            id: number;
            /** @description Its name. */
            name: string;
            /**
             * @description Its policy.
             * @enum {string}
             */
            policy: "ladder" | "search" | "ability";
            /**
             * @description Where it stands.
             * @enum {string}
             */
            status: "running" | "stopping" | "completed" | "stopped" | "failed";
            /** @description Its target. */
            automation_id: number;
            /**
             * @description Of its last problem.
             * @enum {string}
             */
            difficulty: "easy" | "medium" | "hard" | "extreme";
            /** @description Problems that were judged. */
            problems: number;
            /** @description Those that met all expected outcomes. */
            met: number;
            /** @description Those of which that cannot be said. */
            unclear: number;
            /** @description Mean success rate of its problems, 0 to 1. */
            success_rate: number | null;
            /** @description Capacity, requests a second; null: none is known. */
            estimate: number | null;
            /** @description Lower end of its interval. */
            low: number | null;
            /** @description Upper end; null beside a low: nothing higher could be tried. */
            high: number | null;
            /** @description Of the interval; null: none is claimed. */
            confidence: number | null;
        };
        TrainingSession: {
            /** @description Number of the session. */
            id: number;
            /** @description Name. */
            name: string;
            /**
             * @description completed: the policy had its answer, or the budget was used up; stopped: by a user; failed: see reason.
             * @enum {string}
             */
            status: "running" | "stopping" | "completed" | "stopped" | "failed";
            /**
             * @description What ended it.
             * @enum {string|null}
             */
            ended_by: "policy" | "budget" | "user" | "target" | "client" | "error" | null;
            /** @description The same as a sentence. */
            reason: string | null;
            /** @description Project that it belongs to. */
            project_id: number;
            /** @description Scenario whose requests it sends. */
            scenario_id: number;
            /** @description Automation that it trains on; one session at a time. */
            automation_id: number;
            /**
             * @description How problems are chosen.
             * @enum {string}
             */
            policy: "ladder" | "search" | "ability";
            /**
             * @description Of the last problem.
             * @enum {string}
             */
            difficulty: "easy" | "medium" | "hard" | "extreme";
            /** @description Problem under way. */
            problem_id: number | null;
            /** @description Problems that were executed and judged. */
            total_scenarios: number;
            /** @description Those that met all expected outcomes. */
            successful_scenarios: number;
            /** @description Those of which that cannot be said. */
            unclear_scenarios: number;
            /** @description Mean success rate of its problems, 0 to 1: requests answered in time, whatever else was expected. */
            average_performance: number | null;
            /** @description Requests that they sent. */
            requests: number;
            /** @description Prompt and completion tokens that answers told. */
            tokens: number;
            /** @description In the currency of the prices. */
            cost: number;
            /** @description What the target can take, and how sure that is. */
            conclusion: {
                [key: string]: unknown;
            } | null;
            /** @description User who began it; null: anonymous. */
            created_by: string | null;
            /**
             * Format: date-time
             * @description When it was begun.
             */
            started_at: string;
            /**
             * Format: date-time
             * @description When it ended.
             */
            ended_at: string | null;
            /** @description The request's body, defaults filled in. */
            plan?: components["schemas"]["TrainingPlan"];
            /** @description Each metric over its seconds, by name; null: it has not ended. */
            metrics?: {
                [key: string]: components["schemas"]["TrainingMetric"];
            } | null;
            /** @description From where to where it went after each problem, and why. */
            moves?: {
                /** @description Rate or difficulty of the problem. */
                from: unknown;
                /** @description Of the next; null: it ended. */
                to: unknown;
                /** @description A sentence. A ladder goes by the share of requests answered in time alone. */
                why: string;
                /** @description The problem. */
                problem_id?: number;
                /** @description Whether it met all expected outcomes, which is another question; null: not clear. */
                success?: boolean | null;
                /** @description The same in words: what was missed, and by how much. */
                verdict?: string;
            }[];
        };
        TrainingPlan: {
            /** @description Scenario whose requests are sent; its automation is the target. */
            scenario_id: number;
            /** @description Name; absent: that of the scenario. */
            name?: string;
            /**
             * @description ladder: harder after success, easier after failure; search: bisects the rate; ability: estimates it with the fewest problems.
             * @enum {string}
             */
            policy: "ladder" | "search" | "ability";
            /** @description Types of problems, in turn; absent: what the policy takes. */
            types?: ("load_balancing" | "resource_allocation" | "fault_tolerance" | "data_processing" | "concurrent_requests" | "network_latency" | "memory_optimization" | "cache_efficiency")[];
            /**
             * @description ladder: where it begins.
             * @enum {string}
             */
            difficulty: "easy" | "medium" | "hard" | "extreme";
            /** @description The same seed, the same problems as long as answers are alike. */
            seed: number;
            /** @description Problems last this part of their usual time. */
            duration_scale: number;
            /** @description Share of the requests whose rows are kept, drawn by seed; figures count all of them. */
            keep_rows: number;
            /** @description What ends the session whatever the policy wants. */
            budget: {
                /** @description From the start of the session. */
                seconds: number;
                /** @description Requests of all its problems. */
                requests: number;
                /** @description Problems. */
                problems: number;
                /** @description Prompt and completion tokens, as far as answers tell them. */
                tokens?: number;
                /** @description In the currency of the prices; there must be a price. */
                cost?: number;
            };
            /** @description Of the policy (docs/training.md). */
            settings: {
                [key: string]: unknown;
            };
            /** @description Outcomes that every problem must show, instead of what its difficulty asks for. */
            expected: {
                [key: string]: unknown;
            };
            /** @description What bound its problems, by the server's configuration and the automation's confirmed_rate. */
            limits: {
                [key: string]: unknown;
            };
        };
        TrainingMetric: {
            /** @description In how many it was measured. */
            seconds: number;
            /** @description The least. */
            min: number;
            /** @description The greatest. */
            max: number;
            /** @description Mean. */
            mean: number;
            /** @description Median. */
            median: number;
            /** @description Standard deviation; 0 of a single second. */
            std_dev: number;
        };
        TrainingProblem: {
            /** @description Number of the problem. */
            id: number;
            /** @description Type and eight hexadecimal digits. */
            key: string;
            /** @description Name of one that is kept. */
            name: string | null;
            /** @description Session that gave it; null: made by hand. */
            session_id: number | null;
            /** @description Scenario whose requests it sends. */
            scenario_id: number | null;
            /** @description Load test that it was executed as, with all figures. */
            loadtest_id: number | null;
            /**
             * @description What it is about.
             * @enum {string}
             */
            type: "load_balancing" | "resource_allocation" | "fault_tolerance" | "data_processing" | "concurrent_requests" | "network_latency" | "memory_optimization" | "cache_efficiency";
            /**
             * @description How hard it is.
             * @enum {string}
             */
            difficulty: "easy" | "medium" | "hard" | "extreme";
            /** @description The same seed, the same problem. */
            seed: number;
            /** @description What it does, in words. */
            description: string;
            /** @description Why the session chose it. */
            why: string | null;
            /** @description What was drawn. */
            parameters: {
                [key: string]: unknown;
            };
            /** @description What is done to its requests on our side. */
            perturbations: {
                [key: string]: unknown;
            };
            /** @description What it is judged by. */
            expected: {
                [key: string]: unknown;
            };
            /**
             * @description Where it stands.
             * @enum {string}
             */
            status: "generated" | "running" | "completed" | "failed" | "cancelled";
            /** @description Whether it was executed to its end. */
            completed: boolean;
            /** @description Whether it met all expected outcomes; null: not clear. */
            success: boolean | null;
            /** @description Share of its requests that were answered within max_response_time_ms, 0 to 1. */
            success_rate: number | null;
            /** @description success in words: what was missed and by how much, what is not clear, why it is not judged; null: not executed. */
            verdict: string | null;
            /** @description Seconds. */
            execution_time: number | null;
            /** @description Each expected outcome beside what was measured, errors and recommendations. */
            results?: {
                [key: string]: unknown;
            } | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it had been executed.
             */
            finished_at: string | null;
        };
        TrainingSecond: {
            /**
             * Format: date-time
             * @description End of the second.
             */
            at: string;
            /** @description Problem under way. */
            problem_id: number;
            /** @description Since its load began. */
            second: number;
            /** @description Median until the last content of what ended in it, milliseconds. */
            response_time: number | null;
            /** @description Requests completed in it. */
            throughput: number;
            /** @description Of what ended in it, 0 to 1. */
            error_rate: number | null;
            /** @description Likewise. */
            success_rate: number | null;
            /** @description Processors that the engine used, in percent of one. */
            cpu_usage: number | null;
            /** @description Memory of the engine, in MB. */
            memory_usage: number | null;
            /** @description Processors that the target used, in percent of one, by connection.metrics_url; null: not known. */
            target_cpu_usage: number | null;
            /** @description Memory of the target, in MB; likewise. */
            target_memory_usage: number | null;
        };
        HiveStarted: {
            /**
             * @description Always.
             * @enum {string}
             */
            status: "training_started";
            /** @description Number of the session. */
            session_id: number;
        };
        HiveStopped: {
            /**
             * @description Always.
             * @enum {string}
             */
            status: "training_stopped";
            /** @description Sessions that were under way. */
            sessions: number[];
        };
        HiveStatus: {
            /** @description Whether a session is under way. */
            is_running: boolean;
            /** @description Key of the problem under way. */
            current_scenario: string | null;
            /** @description Problems that were judged. */
            scenarios_completed: number;
            /** @description Seconds. */
            total_runtime: number;
            /** @description 0 to 1. */
            average_success_rate: number;
            /**
             * @description Of the last problem.
             * @enum {string}
             */
            current_difficulty: "easy" | "medium" | "hard" | "extreme";
        };
        HiveProblems: {
            /** @description The latest 20. */
            problems: components["schemas"]["HiveProblem"][];
        };
        HiveProblem: {
            /** @description Key of the problem. */
            id: string;
            /**
             * @description What it is about.
             * @enum {string}
             */
            type: "load_balancing" | "resource_allocation" | "fault_tolerance" | "data_processing" | "concurrent_requests" | "network_latency" | "memory_optimization" | "cache_efficiency";
            /**
             * @description How hard it is.
             * @enum {string}
             */
            difficulty: "easy" | "medium" | "hard" | "extreme";
            /** @description What it does, in words. */
            description: string;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
        };
        HiveMetrics: {
            /** @description The latest 100, newest first. */
            metrics: components["schemas"]["HiveMetric"][];
        };
        HiveMetric: {
            /**
             * Format: date-time
             * @description End of the second that it was measured in.
             */
            timestamp: string;
            /**
             * @description What; response_time in ms, rates 0 to 1, CPU in percent of a processor, memory in MB.
             * @enum {string}
             */
            type: "response_time" | "throughput" | "error_rate" | "success_rate" | "cpu_usage" | "memory_usage";
            /** @description How much. */
            value: number;
            /** @description Key of the problem. */
            scenario_id: string;
        };
        HiveSummary: {
            /** @description Problems that were executed, of the latest 1,000. */
            total_scenarios: number;
            /** @description Mean of their mean times until the last content, ms. */
            average_response_time: number;
            /** @description Mean of their completed requests a second. */
            average_throughput: number;
            /** @description 0 to 1. */
            average_success_rate: number;
            /** @description Requests that failed. */
            total_errors: number;
            /** @description Seconds that this configuration of the server has served. */
            uptime: number;
            /**
             * Format: date-time
             * @description When the last of them ended.
             */
            last_updated: string;
        };
        HivePerformance: {
            /** @description By type. */
            metrics: {
                [key: string]: {
                    /** @description The least. */
                    min: number;
                    /** @description The greatest. */
                    max: number;
                    /** @description Mean. */
                    mean: number;
                    /** @description Median. */
                    median: number;
                    /** @description Standard deviation. */
                    std_dev: number;
                };
            };
            /** @description Problems that were judged. */
            scenarios_completed: number;
            /**
             * @description Of the last problem.
             * @enum {string}
             */
            current_difficulty: "easy" | "medium" | "hard" | "extreme";
            /** @description Seconds. */
            training_duration: number;
        };
        GeneratedProblem: {
            /** @description Key of the problem. */
            id: string;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /**
             * @description What it is about.
             * @enum {string}
             */
            scenario_type: "load_balancing" | "resource_allocation" | "fault_tolerance" | "data_processing" | "concurrent_requests" | "network_latency" | "memory_optimization" | "cache_efficiency";
            /**
             * @description How hard it is.
             * @enum {string}
             */
            difficulty: "easy" | "medium" | "hard" | "extreme";
            /** @description The same seed, the same problem. */
            seed: number;
            /** @description What was drawn. */
            parameters: {
                [key: string]: unknown;
            };
            /** @description What is done to its requests on our side. */
            perturbations: {
                [key: string]: unknown;
            };
            /** @description What it does, in words. */
            description: string;
            /** @description What it is judged by. */
            expected_outcomes: {
                [key: string]: unknown;
            };
        };
        ExecutedProblem: {
            /** @description Key of the problem. */
            scenario_id: string;
            /** @description Whether it was executed to its end. */
            completed: boolean;
            /** @description Whether it met all expected outcomes; null: not clear. */
            success: boolean | null;
            /** @description Of its requests, 0 to 1. */
            success_rate: number;
            /** @description Seconds. */
            execution_time: number;
            /** @description Each second of it, as GET /metrics/latest lists them. */
            metrics: unknown[];
            /** @description Sentences. */
            errors: string[];
            /** @description Sentences. */
            recommendations: string[];
        };
        LoadTest: {
            /** @description Number of the load test; it is a run's. */
            id: number;
            /** @description Name. */
            name: string;
            /**
             * @description What it is for; training: a problem of a session.
             * @enum {string}
             */
            kind: "loadtest" | "training";
            /**
             * @description Where it stands; interrupted: its engine died.
             * @enum {string}
             */
            status: "pending" | "running" | "completed" | "failed" | "cancelled" | "timed_out" | "interrupted";
            /**
             * @description What users want of it.
             * @enum {string}
             */
            control: "run" | "pause" | "drain";
            /** @description Whether someone asked to cancel it. */
            cancel_requested: boolean;
            /** @description Scenario whose requests it sends. */
            scenario_id: number;
            /** @description Automation that it asks. */
            automation_id: number;
            /** @description Project that it belongs to. */
            project_id: number;
            /** @description The request's body, defaults filled in; in lists without the elements of dataset.inline. */
            plan: components["schemas"]["LoadTestPlan"];
            /** @description Words to find it by. */
            labels: string[];
            /** @description User who asked for it; null: anonymous. */
            created_by: string | null;
            /**
             * Format: date-time
             * @description When it was queued.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When an engine took it.
             */
            started_at: string | null;
            /**
             * Format: date-time
             * @description When it ended.
             */
            finished_at: string | null;
            /** @description Engine that runs it. */
            engine: string | null;
            /** @description Place of the engine that ran it; before that, the only place where it may run. */
            location: string | null;
            /** @description How far it is, or was when last heard of. */
            progress: components["schemas"]["LoadTestProgress"] | null;
            /**
             * Format: date-time
             * @description When progress was written.
             */
            progress_at: string | null;
            /**
             * Format: date-time
             * @description When its requests were deleted, as they were past BenchmarkKeepRaw; null: they are there.
             */
            requests_dropped_at: string | null;
            /** @description Why it failed, as a sentence. */
            error: string | null;
            /** @description Why it failed, for a program. */
            error_code: string | null;
            /** @description Whether its figures may be believed. */
            validity: components["schemas"]["LoadTestValidity"] | null;
            /** @description The engine's own error under this load. */
            certificate: components["schemas"]["LoadTestCertificate"] | null;
            /** @description Stands for results in lists: metric, basis, p95 and n of the first latency there is, success in percent. */
            headline: components["schemas"]["LoadTestHeadline"] | null;
            /** @description The figures, when it has ended. */
            results?: components["schemas"]["LoadTestResults"] | null;
        };
        LoadTestPlan: {
            /** @description Scenario whose requests are sent. */
            scenario_id: number;
            /** @description Name; absent: that of the scenario. */
            name?: string;
            /** @description How load is made. */
            load_model: {
                /**
                 * @description Says which of the other members there are.
                 * @enum {string}
                 */
                type: "closed" | "constant" | "poisson" | "gamma" | "semi_open" | "ramp" | "sweep" | "capacity";
                /** @description closed: requests under way. */
                concurrency?: number;
                /** @description closed, semi_open: pause before the next send. */
                think_time_ms?: number;
                /** @description constant, poisson, gamma: requests per second; semi_open: sessions. */
                rate?: number;
                /** @description gamma: below 1 bursty, 1 Poisson, above 1 smooth. */
                shape?: number;
                /** @description semi_open: requests of a session. */
                turns?: number;
                /** @description ramp: all with rate or all with concurrency; linear from the stage before. */
                stages?: {
                    /** @description How long the change takes. */
                    duration_seconds: number;
                    /** @description Requests per second at its end. */
                    rate?: number;
                    /** @description Requests under way at its end. */
                    concurrency?: number;
                }[];
                /** @description ramp: where the first stage begins. */
                start?: number;
                /**
                 * @description sweep: what is changed.
                 * @enum {string}
                 */
                of?: "rate" | "concurrency";
                /** @description sweep: one step for each; or from, to and steps. */
                values?: number[];
                /** @description sweep: the first value. */
                from?: number;
                /** @description sweep: the last value. */
                to?: number;
                /** @description sweep: how many values. */
                steps?: number;
                /**
                 * @description sweep: with from, to and steps.
                 * @enum {string}
                 */
                scale?: "linear" | "geometric";
                /** @description sweep, capacity: window of each step. */
                step_seconds?: number;
                /** @description capacity: the first rate tried. */
                start_rate?: number;
                /** @description capacity: no higher rate is tried. */
                max_rate?: number;
                /** @description capacity: how near the answer must be, as a part of it. */
                precision?: number;
                /**
                 * @description ramp, sweep, capacity, of a rate: how requests arrive.
                 * @enum {string}
                 */
                arrivals?: "poisson" | "constant";
            };
            /** @description The measuring window. This or requests; neither for ramp, sweep and capacity. */
            duration_seconds?: number;
            /** @description The measuring window as a number of requests. */
            requests?: number;
            /** @description Load before the window (of a sweep: before each step). */
            warmup_seconds: number;
            /** @description The same seed, the same schedule. */
            seed: number;
            /** @description What is good enough. */
            slos: {
                /**
                 * @description Figure that it is about.
                 * @enum {string}
                 */
                metric: "ttft_ms" | "ttft_service_ms" | "e2e_ms" | "e2e_service_ms" | "ttfo_ms" | "ttst_ms" | "icl_ms" | "itl_ms" | "tpot_ms" | "total_ms" | "ttfb_ms" | "ntpot_ms";
                /** @description Quantile that must be at most max. */
                quantile: number;
                /** @description Milliseconds; a request that meets every max is good. */
                max: number;
            }[];
            /** @description Ceiling of requests under way (default 2000, or the concurrency if that is more). */
            max_in_flight?: number;
            /** @description What is asked; absent: the scenario's inputs. */
            dataset?: {
                /** @description Inputs laid over those of the scenario, one object for each request in turn. */
                inline?: {
                    [key: string]: unknown;
                }[];
                /** @description Dataset whose entries are laid over them, likewise. */
                dataset_id?: number;
                /** @description Prompts of given lengths, made when they are asked. */
                generate?: {
                    /** @description Different entries; a load test of more requests begins again. */
                    count: number;
                    /** @description Length of prompts. */
                    input_tokens: {
                        /**
                         * @description Says which of the other members there are.
                         * @enum {string}
                         */
                        dist: "fixed" | "uniform" | "normal";
                        /** @description fixed: tokens of each. */
                        value?: number;
                        /** @description uniform, normal: no fewer (normal: default 1). */
                        min?: number;
                        /** @description uniform, normal: no more (normal: default 200000). */
                        max?: number;
                        /** @description normal: mean, before what lies outside is put to min or max. */
                        mean?: number;
                        /** @description normal: standard deviation, likewise. */
                        stddev?: number;
                    };
                    /** @description max_tokens of each entry; absent: that of the scenario, if it has one. */
                    output_tokens?: {
                        /**
                         * @description Says which of the other members there are.
                         * @enum {string}
                         */
                        dist: "fixed" | "uniform" | "normal";
                        /** @description fixed: tokens of each. */
                        value?: number;
                        /** @description uniform, normal: no fewer (normal: default 1). */
                        min?: number;
                        /** @description uniform, normal: no more (normal: default 200000). */
                        max?: number;
                        /** @description normal: mean, before what lies outside is put to min or max. */
                        mean?: number;
                        /** @description normal: standard deviation, likewise. */
                        stddev?: number;
                    };
                    /** @description Prompts begin with one of a few texts, as with system prompts. */
                    shared_prefixes?: {
                        /** @description How many different prefixes there are. */
                        count: number;
                        /** @description Tokens of each; they come before those of input_tokens. */
                        tokens: number;
                        /** @description The k-th prefix is asked with a probability proportional to 1/k^zipf; 0: all alike. */
                        zipf: number;
                    };
                    /** @description The same seed, the same prompts. */
                    seed: number;
                    /**
                     * @description Where the numbers of tokens come from: words that are one token in common tokenizers were counted.
                     * @enum {string}
                     */
                    provenance: "estimated";
                };
                /**
                 * @description random, zipf: drawn by seed, all alike or the first ones more often.
                 * @enum {string}
                 */
                order: "sequential" | "random" | "zipf";
                /** @description order zipf: the k-th entry, from 1, is asked with a probability proportional to 1/k^zipf (default 1). */
                zipf?: number;
            };
            /** @description Replay the load against the reference target, too. */
            certificate: boolean;
            /** @description How long answers are awaited after the last send. */
            drain_seconds: number;
            /** @description Failures that are tried again; absent: none. Each attempt is a request of its own, the last one counts. */
            retry?: {
                /** @description Attempts in all, the first included. */
                max_attempts: number;
                /** @description Failures that are tried again, where the provider's calls may be repeated. */
                on: ("connection" | "rate_limited" | "overloaded" | "server_error" | "timeout" | "stream")[];
                /** @description The wait before the second attempt is drawn from 0 to this, the span then doubles (full jitter). */
                base_ms: number;
                /** @description Largest span. */
                max_ms: number;
            };
            /**
             * @description obey: the target's rate_limit and circuit_breaker, and waits that it asks for, hold requests back.
             * @enum {string}
             */
            target_limits: "obey" | "ignore";
            /** @description Spend cap in the currency of the prices: nothing more is sent that, with all that is under way, may exceed it. */
            max_cost?: number;
            /** @description Most sends, attempts after the first and copies included: then the load test ends. */
            max_requests?: number;
            /** @description Most tokens of prompts and answers: nothing more is sent that, with all that is under way, may exceed it. */
            max_total_tokens?: number;
            /** @description Time-out of each request; absent: the scenario's. */
            timeout_ms?: number;
            /** @description What we do to requests on our side of the connection, drawn by seed; absent: nothing. */
            faults?: {
                /** @description Each send is put off by so much, as by a long way. */
                delay_ms: number;
                /** @description Standard deviation of that delay; what is drawn below 0 is 0. */
                jitter_ms: number;
                /** @description Probability that a send is lost: it goes 200 ms later, doubling while it is lost again, six times at most. */
                loss_rate: number;
                /** @description Share of attempts that go to a port where nobody listens: injected_dead. */
                dead_rate: number;
                /** @description Share of attempts whose connection we close: injected_abort. With dead_rate and timeout_rate at most 1. */
                abort_rate: number;
                /** @description How long after the send. */
                abort_after_ms: number;
                /** @description Share of attempts that get no more than timeout_ms: injected_timeout. */
                timeout_rate: number;
                /** @description Their time-out; needed if timeout_rate is not 0. */
                timeout_ms?: number;
            };
            /** @description More sends of the same request while it has no answer; the first that completes counts. Not with max_cost or max_total_tokens. */
            hedge?: {
                /** @description How many more sends of a request there may be. */
                copies: number;
                /** @description Each so long after the one before. */
                after_ms: number;
            };
            /** @description Endpoints that requests are spread over, instead of the connection's url. */
            endpoints?: {
                /** @description Each as the connection's url, without placeholders. */
                urls: string[];
                /**
                 * @description hash: by session, else by entry of the dataset.
                 * @enum {string}
                 */
                strategy: "round_robin" | "least_connections" | "hash";
            };
            /** @description Classes of requests that share a fixed budget of requests under way. */
            classes?: {
                /** @description Requests under way, of all classes together. */
                budget: number;
                /**
                 * @description Whose turn it is when a place is free. fair: the class with the fewest under way; priority: the highest; dynamic: the longest wait times priority plus 1.
                 * @enum {string}
                 */
                policy: "fair" | "priority" | "dynamic";
                /** @description The classes. */
                list: {
                    /** @description Name; each class has another. */
                    name: string;
                    /** @description Its share of the requests, drawn by seed; all add up to 1. */
                    share: number;
                    /** @description priority, dynamic: the higher goes first. */
                    priority: number;
                    /** @description Laid over the scenario's inputs and the dataset's entry. */
                    inputs: {
                        [key: string]: unknown;
                    };
                }[];
            };
            /** @description Share of the requests whose rows are kept, drawn by seed; figures count all of them. */
            keep_rows: number;
            /** @description Added to those of the scenario. */
            labels: string[];
            /** @description Only engines of this location perform it; null: any; absent: run_settings.location of the scenario. */
            location?: string | null;
            /** @description One load test for each of these locations, answered together, with a label in common. */
            locations?: string[];
        };
        LoadTestProgress: {
            /**
             * @description What is going on.
             * @enum {string}
             */
            phase: "certificate" | "warmup" | "window" | "paused" | "drain" | "done";
            /** @description Step of a ramp, sweep or search, from 1. */
            step: number;
            /** @description Steps that are known so far. */
            steps: number;
            /** @description Since it began. */
            elapsed_seconds: number;
            /** @description How long it will take; null: it depends on the answers. */
            total_seconds: number | null;
            /** @description Requests planned so far. */
            planned: number;
            /** @description Requests sent. */
            sent: number;
            /** @description Requests that ended well. */
            completed: number;
            /** @description Requests that failed. */
            failed: number;
            /** @description Requests under way. */
            in_flight: number;
            /** @description Planned per second of this step; null: a closed loop plans none. */
            offered_rate: number | null;
            /** @description Completed per second of this step. */
            achieved_rate: number | null;
            /** @description What it has used so far. */
            used?: components["schemas"]["LoadTestUse"];
        };
        LoadTestUse: {
            /** @description Sends, attempts after the first, copies and warm-up included. */
            requests: number;
            /** @description Of prompts and answers, as far as answers tell. */
            tokens: number;
            /** @description In the currency of the prices; 0 where there is none. */
            cost: number;
        };
        LoadTestValidity: {
            /** @description Why its figures may not be believed, in sentences. */
            reasons: string[];
            /**
             * @description unknown: no request completed.
             * @enum {string}
             */
            status: "valid" | "invalid" | "unknown";
        };
        LoadTestCertificate: {
            /** @description Before the load. */
            before: components["schemas"]["LoadTestCertificateSide"] | null;
            /** @description After it. */
            after: components["schemas"]["LoadTestCertificateSide"] | null;
            /** @description Whether the load was too large to be replayed as a whole. */
            extrapolated: boolean;
            /** @description Streams that were replayed. */
            streams: number;
            /** @description Why there is no certificate, or not all of one. */
            reason: string | null;
        };
        LoadTestCertificateSide: {
            /** @description How long the load was replayed. */
            seconds: number;
            /** @description Streams of the reference target that failed. */
            streams_failed: number;
            /** @description The engine's own error. */
            errors: components["schemas"]["EngineErrors"];
            /** @description Chunks that were stamped before they were sent: must be 0. */
            early_stamps: number;
            /** @description Streams that were measured. */
            streams_completed: number;
            /** @description Of them, with the kernel's receive times. */
            streams_kernel_stamped: number;
            /** @description Chunks whose true send time was lost. */
            truth_lost: number;
            /** @description Whether over TLS. */
            tls: boolean;
            /** @description Priority that the engine ran at. */
            priority: components["schemas"]["EnginePriority"];
            /** @description The machine meanwhile. */
            host: components["schemas"]["EngineHost"];
        };
        EngineErrors: {
            /** @description Sent later than planned. */
            send_lag_us: components["schemas"]["EngineError"] | null;
            /** @description Measured minus true time to first token. */
            ttft_us: components["schemas"]["EngineError"] | null;
            /** @description Measured minus true gap. */
            gap_us: components["schemas"]["EngineError"] | null;
            /** @description Measured minus true time of each chunk. */
            stamp_us: components["schemas"]["EngineError"] | null;
        };
        EngineError: {
            /** @description Mean, in microseconds. */
            mean: number;
            /** @description Median. */
            p50: number;
            /** @description 99th percentile. */
            p99: number;
            /** @description Largest. */
            max: number;
            /** @description Sample size. */
            n: number;
        };
        EnginePriority: {
            /** @description Scheduling policy. */
            policy: string;
            /** @description Nice value. */
            nice: number;
            /** @description Of a real-time policy. */
            rt_priority: number;
        };
        EngineHost: {
            /** @description CPUs that the engine may use. */
            cpus: number;
            /** @description What they are. */
            cpu_model: string | null;
            /** @description Version of the kernel. */
            kernel: string | null;
            /** @description Where its clock comes from. */
            clock_source: string | null;
            /** @description How busy the machine was, 0 to 1. */
            busy: number | null;
            /** @description What the hypervisor took away, 0 to 1. */
            steal: number | null;
        };
        LoadTestHeadline: {
            /** @description The first latency that there is. */
            metric: string;
            /** @description What it is counted from. */
            basis: string | null;
            /** @description Its 95th percentile. */
            p95: number;
            /** @description Values. */
            n: number;
            /** @description Completed of the attempts, in percent. */
            success: number | null;
        };
        LoadTestResults: {
            /**
             * @description How load was made.
             * @enum {string}
             */
            loop: "open" | "closed" | "semi_open";
            /** @description The measuring window, of all steps. */
            window_seconds: number;
            /** @description Why sending ended before its time. */
            truncated: string | null;
            /**
             * @description Which limit of the plan ended it; absent: none did.
             * @enum {string}
             */
            truncated_by?: "max_requests" | "max_total_tokens" | "max_cost";
            /** @description What does not count. */
            warmup: {
                /** @description How long. */
                seconds: number;
                /** @description Requests of it. */
                attempted: number;
                /** @description Those that failed. */
                failed: number;
            };
            /** @description Requests of the window, those that could not be sent included. */
            attempted: number;
            /** @description Those that ended well. */
            completed: number;
            /** @description Those that failed. */
            failed: number;
            /** @description Those that were cancelled. */
            cancelled: number;
            /** @description Failures by class. */
            errors: {
                [key: string]: number;
            };
            /** @description How many completed. */
            success: {
                /** @description Completed of the attempts, in percent; null: none. */
                rate: number | null;
                /** @description Lower end of its 95 % Wilson interval. */
                low: number;
                /** @description Upper end. */
                high: number;
            };
            /** @description Planned, offered and completed load. */
            rates: {
                /** @description Per second, as the plan has it. */
                planned: number | null;
                /** @description Sent per second. */
                offered: number | null;
                /** @description Completed per second. */
                completed: number | null;
            };
            /** @description Latencies by name. */
            metrics: {
                [key: string]: components["schemas"]["LoadTestMetric"];
            };
            /** @description Sent later than planned. */
            send_lag: {
                /** @description Milliseconds. */
                mean: number | null;
                /** @description Median. */
                p50: number | null;
                /** @description 99th percentile. */
                p99: number | null;
                /** @description The greatest. */
                max: number | null;
                /** @description Values. */
                n: number;
            };
            /** @description Requests and tokens per second. */
            throughput: {
                /** @description Completed inside the window. */
                requests_per_second: number | null;
                /** @description Tokens of prompts. */
                input_tokens_per_second: number | null;
                /** @description Tokens of answers. */
                output_tokens_per_second: number | null;
                /** @description As one reader sees them. */
                tokens_per_second_per_user: {
                    /** @description Median. */
                    p50: number | null;
                    /** @description 5th percentile. */
                    p5: number | null;
                };
                /** @description Who counted tokens: usage, timings, counted, mixed, none. */
                provenance: string;
            };
            /** @description What was good enough. */
            goodput: {
                /** @description Good requests per second. */
                requests_per_second: number | null;
                /** @description Requests that met every max. */
                good: number;
                /** @description Of the attempts, in percent. */
                attainment: number | null;
                /** @description Lower end of its 95 % interval. */
                low: number;
                /** @description Upper end. */
                high: number;
                /** @description Null: the scenario names no T. */
                apdex: {
                    /** @description Figure that people wait for. */
                    metric: string;
                    /** @description T. */
                    t_ms: number;
                    /** @description (within T + half of those within 4 T) / attempts. */
                    value: number | null;
                } | null;
                /** @description In the order of the plan. */
                slos: {
                    /** @description Figure that it is about. */
                    metric: string;
                    /** @description Quantile of it. */
                    quantile: number;
                    /** @description Milliseconds. */
                    max: number;
                    /** @description What it was. */
                    value: number | null;
                    /** @description Whether it is met. */
                    met: boolean;
                }[];
            };
            /** @description How far the engine was behind. */
            client_lag: {
                /** @description The engine behind the kernel's receive time, in microseconds. */
                mean_us: number | null;
                /** @description 99th percentile. */
                p99_us: number | null;
                /** @description The greatest. */
                max_us: number | null;
                /** @description Chunks that arrived together with the one before. */
                batched_events: number;
                /** @description Chunks. */
                events: number;
                /** @description Share of the answers with the kernel's times, 0 to 1. */
                kernel_stamped: number | null;
            };
            /** @description Of a ramp, sweep or search. */
            steps: components["schemas"]["LoadTestStep"][];
            /** @description Null: fewer than three steps. */
            saturation: {
                /** @description Load at which the target began to give way; null: it did not. */
                knee: number | null;
            } | null;
            /** @description Of a search. */
            capacity: {
                /** @description Highest rate within the SLOs. */
                rate: number | null;
                /** @description Highest rate that passed. */
                passed: number | null;
                /** @description Lowest rate that did not. */
                failed: number | null;
                /** @description Of the statement. */
                confidence: number;
                /** @description What the next rate broke. */
                limited_by: string | null;
                /** @description All of that in words. */
                statement: string;
            } | null;
            /** @description What copies of requests did in the window; only of a plan with them. */
            hedge?: {
                /** @description Copies that went out. */
                sent: number;
                /** @description Requests that a copy completed first. */
                won: number;
            };
            /** @description What each endpoint did in the window; only of a plan with endpoints. */
            endpoints?: {
                /** @description The largest share over the mean share: 1 is even. */
                imbalance: number | null;
                /** @description In the plan's order. */
                list: {
                    /** @description As the plan has it. */
                    url: string;
                    /** @description Attempts that it was asked. */
                    attempts: number;
                    /** @description Of all attempts. */
                    share: number | null;
                    /** @description Completed of its attempts, in percent. */
                    success: number | null;
                    /** @description 95th percentile until the last content, from the real send. */
                    p95_ms: number | null;
                }[];
            };
            /** @description How classes of requests shared their budget in the window; only of a plan with classes. */
            classes?: {
                /**
                 * @description As the plan has it.
                 * @enum {string}
                 */
                policy: "fair" | "priority" | "dynamic";
                /** @description Likewise. */
                budget: number;
                /** @description Of the budget that was held, on average over the window; 1 is all of it. */
                used: number | null;
                /** @description Names of the classes of which requests starved. */
                starved: string[];
                /** @description In the plan's order. */
                list: {
                    /** @description As the plan has it. */
                    name: string;
                    /** @description Likewise. */
                    priority: number;
                    /** @description Of the window, those that got no place until the end included. */
                    requests: number;
                    /** @description Those that got none. */
                    not_sent: number;
                    /** @description Completed of its requests, in percent. */
                    success: number | null;
                    /** @description Of the budget that it held, on average over the window; 1 is all of it. */
                    budget_share: number | null;
                    /** @description From the planned send until it had a place. */
                    wait_ms: {
                        /** @description Median. */
                        p50: number | null;
                        /** @description 99th percentile. */
                        p99: number | null;
                        /** @description The longest. */
                        max: number | null;
                    };
                    /** @description 95th percentile until the last content, from the planned send: the wait is in it. */
                    p95_ms: number | null;
                    /** @description Requests that starved. */
                    starved: number;
                }[];
            };
            /** @description What the target had in its cache, of requests that completed in the window; only of a plan with a dataset. */
            cache?: {
                /** @description usage: cached of all prompt tokens; ttft_mixture: share of quick answers; null: neither can be told. */
                hit_rate: number | null;
                /**
                 * @description Where hit_rate comes from.
                 * @enum {string|null}
                 */
                from: "usage" | "ttft_mixture" | null;
                /** @description Share of requests that asked what was asked before in this load test. */
                repeated_share: number | null;
            };
            /** @description What we did to attempts of the window; only where the plan asks for it. */
            faults?: {
                /** @description Attempts that were sent later for it. */
                delayed: number;
                /** @description By how much, losses included. */
                delay_ms: {
                    /** @description Median. */
                    p50: number | null;
                    /** @description 99th percentile. */
                    p99: number | null;
                    /** @description The longest. */
                    max: number | null;
                };
                /** @description Attempts whose send was lost, once or more often. */
                lost: number;
                /** @description Attempts that we closed: injected_abort. */
                aborted: number;
                /** @description Attempts that ended by the tighter time-out: injected_timeout. */
                timed_out: number;
                /** @description Attempts that went to where nobody listens: injected_dead. */
                dead: number;
                /** @description Requests that completed although one of these three ended an attempt of theirs. */
                recovered: number;
            };
            /** @description What all of it used. */
            used?: components["schemas"]["LoadTestUse"];
            /** @description What the policies of plan and target did. */
            policies: {
                /** @description Failures that were tried again. */
                retries: {
                    /** @description Attempts after the first. */
                    attempts: number;
                    /** @description Requests that succeeded by them. */
                    recovered: number;
                };
                /** @description What the target's limits held back. */
                rate_limit: {
                    /** @description Requests that were held back. */
                    waits: number;
                    /** @description How long. */
                    wait_ms: {
                        /** @description Median. */
                        p50: number | null;
                        /** @description 99th percentile. */
                        p99: number | null;
                        /** @description The longest. */
                        max: number | null;
                    };
                };
                /** @description Its circuit breaker. */
                circuit: {
                    /** @description How often. */
                    opened: number;
                    /** @description Requests that were not sent meanwhile. */
                    refused: number;
                };
            };
            /** @description Null: no price of the model is known. */
            cost: {
                /** @description ISO 4217 code. */
                currency: string;
                /** @description Warm-up included. */
                total: number | null;
                /** @description Of the measuring window. */
                window: number | null;
                /** @description Of it by attempts. */
                per_request: number | null;
                /** @description Of it by good requests. */
                per_good_request: number | null;
                /** @description The plan's spend cap. */
                max_cost: number | null;
                /** @description Answers without a count of tokens. */
                unpriced: number;
                /** @description What it was computed by. */
                price: {
                    /** @description Number of the price. */
                    id: number;
                    /** @description Name of the model, as the price has it. */
                    model: string;
                    /** @description Price of a million prompt tokens. */
                    input_per_million: number;
                    /** @description Of those that came from a cache. */
                    cached_input_per_million: number;
                    /** @description Price of a million output tokens. */
                    output_per_million: number;
                };
            } | null;
        };
        LoadTestMetric: {
            /**
             * @description From the planned send, or from the real one.
             * @enum {string}
             */
            basis?: "scheduled" | "service";
            /** @description Where it comes from: stamps, libcurl, usage, timings, counted, chunk, mixed, none. */
            provenance?: string;
            /** @description Values. */
            n: number;
            /** @description Mean, in milliseconds. */
            mean: number | null;
            /** @description The least. */
            min: number | null;
            /** @description The greatest. */
            max: number | null;
            /** @description Median. */
            p50: number | null;
            /** @description 90th percentile. */
            p90: number | null;
            /** @description 95th percentile. */
            p95: number | null;
            /** @description 99th percentile. */
            p99: number | null;
            /** @description 99.9th percentile. */
            p999: number | null;
            /** @description 95 % intervals of the quantiles by name; null: a rank leaves the sample. Not of values pooled over requests. */
            intervals?: {
                [key: string]: [
                    number,
                    number
                ] | null;
            };
            /** @description What the values are worth, as neighbours resemble each other. */
            n_effective?: number;
            /** @description What bounds each quantile with 99 % confidence; null: too few samples. */
            certified?: {
                [key: string]: number | null;
            };
        };
        LoadTestStep: {
            /**
             * @description What value is.
             * @enum {string}
             */
            of: "rate" | "concurrency";
            /** @description The load that was asked for. */
            value: number;
            /** @description Its window. */
            seconds: number;
            /** @description Requests of it. */
            attempted: number;
            /** @description Those that ended well. */
            completed: number;
            /** @description Those that failed. */
            failed: number;
            /** @description Planned per second. */
            offered_rate: number | null;
            /** @description Sent per second. */
            achieved_rate: number | null;
            /** @description Completed per second. */
            completed_rate: number | null;
            /** @description Good ones per second. */
            goodput_rate: number | null;
            /** @description Good of the attempts, in percent. */
            attainment: number | null;
            /** @description Time to first token. */
            ttft_ms: components["schemas"]["LoadTestQuantiles"];
            /** @description Until the last content. */
            e2e_ms: components["schemas"]["LoadTestQuantiles"];
            /** @description Requests under way. */
            in_flight_mean: number | null;
            /** @description How fast they became more. */
            in_flight_slope_per_s: number | null;
            /** @description Whether the target no longer kept up. */
            saturated: boolean;
            /** @description Whether all SLOs were met; null: the plan has none. */
            slo_met: boolean | null;
        };
        LoadTestQuantiles: {
            /** @description Median, in milliseconds. */
            p50: number | null;
            /** @description 95th percentile. */
            p95: number | null;
            /** @description 99th percentile. */
            p99: number | null;
        };
        LoadTestEstimate: {
            /** @description Requests to expect, warm-up included; of a capacity search that reaches max_rate, if all its steps are clear. Null: it depends on how fast answers come. */
            requests: number | null;
            /** @description Warm-up and window, without certificate and drain; of a search likewise. */
            seconds: number | null;
            /** @description Most requests under way; null: it depends on how fast answers come. */
            peak_in_flight: number | null;
            /** @description At most: requests times max_tokens; null: inputs have none. */
            output_tokens: number | null;
            /** @description At most, in the currency of the prices; null: no price is known, or no number of tokens. */
            money: number | null;
        };
        LoadTestSecond: {
            /** @description Since the load test began. */
            second: number;
            /** @description Step of a ramp, sweep or search, from 0. */
            step: number;
            /**
             * @description What was going on.
             * @enum {string}
             */
            phase: "certificate" | "warmup" | "window" | "paused" | "drain" | "done";
            /** @description Sends planned for this second. */
            planned: number;
            /** @description Requests that ended well in it. */
            completed: number;
            /** @description Requests that failed in it. */
            failed: number;
            /** @description Requests under way at its end. */
            in_flight: number;
            /** @description Output tokens that arrived. */
            tokens: number;
            /** @description Time to first token of what ended in it. */
            ttft_ms: components["schemas"]["LoadTestQuantiles"];
            /** @description Until the last content, likewise. */
            e2e_ms: components["schemas"]["LoadTestQuantiles"];
            /** @description Of the engine, in percent of one processor. */
            cpu_usage?: number;
            /** @description Of the engine, in MB. */
            memory_usage?: number;
            /** @description Of the target, by connection.metrics_url, in percent of one processor; null: not known. */
            target_cpu_usage?: number | null;
            /** @description Likewise, in MB. */
            target_memory_usage?: number | null;
        };
        LoadTestRequest: {
            /** @description Place in the plan, from 0. */
            seq: number;
            /** @description How often it was sent. */
            attempt: number;
            /** @description Step of a ramp, sweep or search, from 0. */
            step: number;
            /**
             * @description Whether it counts.
             * @enum {string}
             */
            phase: "warmup" | "window";
            /** @description Session of a semi-open load. */
            session: number | null;
            /** @description Place in its session. */
            turn: number | null;
            /**
             * Format: date-time
             * @description Wall clock of its end.
             */
            at: string;
            /** @description How it ended. */
            status: string;
            /** @description Why it failed, for a program. */
            error_code: string | null;
            /** @description HTTP status of the answer. */
            http_status: number | null;
            /** @description P: planned send, since the load test began. */
            planned_ms: number | null;
            /** @description S: request written. */
            sent_ms: number | null;
            /** @description B: first byte of the answer. */
            first_byte_ms: number | null;
            /** @description C1: first chunk with content. */
            first_content_ms: number | null;
            /** @description First content that is not reasoning. */
            first_output_ms: number | null;
            /** @description Cn: last chunk with content. */
            last_content_ms: number | null;
            /** @description End of the answer. */
            end_ms: number | null;
            /** @description From P until it was due: earlier attempts, waits between them, limits of the target, delay of the plan's faults, after_ms of a copy; null: it was due at P. */
            held_ms: number | null;
            /** @description From when it was due until the network had it. */
            queue_ms: number | null;
            /** @description Name resolution. */
            dns_ms: number | null;
            /** @description TCP connect. */
            connect_ms: number | null;
            /** @description TLS handshake. */
            tls_ms: number | null;
            /** @description Whether a warm connection served it. */
            connection_reused: boolean | null;
            /** @description Tokens of the prompt. */
            tokens_prompt: number | null;
            /** @description Output tokens, reasoning included. */
            tokens_completion: number | null;
            /** @description Output tokens that were reasoning. */
            tokens_reasoning: number | null;
            /** @description Prompt tokens that came from a cache. */
            tokens_cached: number | null;
            /** @description Who counted. */
            tokens_provenance: string | null;
            /** @description Events of the stream. */
            chunks: number | null;
            /** @description Chunks that arrived together with the one before. */
            batched_events: number | null;
            /** @description Largest delay between kernel and user stamp. */
            lag_max_ms: number | null;
            /** @description Whether times are the kernel's. */
            kernel_stamped: boolean | null;
            /** @description Bytes of the answer. */
            bytes: number | null;
            /** @description Whether it met all SLOs. */
            good: boolean | null;
            /** @description Whether another attempt followed; then it counts for nothing. */
            superseded: boolean;
            /** @description Which it asked: place in the plan's endpoints.urls, from 0. */
            endpoint: number | null;
            /** @description Its class: place in the plan's classes.list, from 0. */
            class: number | null;
            /** @description What its tokens cost; null: no price or no tokens are known. */
            cost: number | null;
        };
        Dataset: {
            /** @description Number of the dataset. */
            id: number;
            /** @description Name for people. */
            name: string;
            /**
             * @description What it was uploaded as.
             * @enum {string}
             */
            format: "jsonl" | "csv";
            /** @description How many entries it has. */
            entries: number;
            /** @description Bytes of all entries as compact JSON. */
            bytes: number;
            /** @description Its first 20 entries. */
            first_entries?: {
                [key: string]: unknown;
            }[];
            /** @description Raised by every change of the name. */
            version: number;
            /** @description Project that it belongs to. */
            project_id: number;
            /** @description User who uploaded it; null: anonymous. */
            created_by: string | null;
            /**
             * Format: date-time
             * @description When it was uploaded.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When its name was last changed.
             */
            updated_at: string;
        };
        DatasetEntry: {
            /** @description Place in the dataset, from 1. */
            number: number;
            /** @description What is laid over the inputs of a scenario. */
            inputs: {
                [key: string]: unknown;
            };
        };
        Definitions: {
            /**
             * @description What this document is.
             * @enum {string}
             */
            format: "mod_benchmark.definitions.v1";
            /** @description As in POST /automations, known by name. */
            automations?: unknown[];
            /** @description As in POST /scenarios, with the automation's name as `automation` instead of automation_id; known by both names. */
            scenarios?: unknown[];
            /** @description As in POST /prices, known by model, provider and valid_from. */
            prices?: unknown[];
            /** @description name, format (default jsonl) and items, the entries; large ones have sha256 instead. Known by name, never changed. */
            datasets?: unknown[];
            /** @description As in POST /views, known by name and page. */
            views?: unknown[];
        };
        DefinitionsReport: {
            /** @description Whether it only says what would be done. */
            dry_run: boolean;
            /** @description How many automations. */
            automations: components["schemas"]["DefinitionCounts"];
            /** @description How many scenarios. */
            scenarios: components["schemas"]["DefinitionCounts"];
            /** @description How many prices. */
            prices: components["schemas"]["DefinitionCounts"];
            /** @description How many datasets. */
            datasets: components["schemas"]["DefinitionCounts"];
            /** @description How many views. */
            views: components["schemas"]["DefinitionCounts"];
            /** @description What was made and changed, in order. */
            changes: components["schemas"]["DefinitionChange"][];
        };
        DefinitionCounts: {
            /** @description How many were not there. */
            created: number;
            /** @description How many were different. */
            updated: number;
            /** @description How many were already like this. */
            unchanged: number;
        };
        DefinitionChange: {
            /**
             * @description Kind of the object.
             * @enum {string}
             */
            kind: "automation" | "scenario" | "price" | "dataset" | "view";
            /** @description Its name, and its automation's or provider's in parentheses. */
            name: string;
            /**
             * @description What was done.
             * @enum {string}
             */
            action: "created" | "updated";
            /** @description Its number; null: a dry run would make it. */
            id: number | null;
            /** @description What changed, at most 100; of a new one none. */
            members: components["schemas"]["DefinitionMember"][];
        };
        DefinitionMember: {
            /** @description The member, as JSON Pointer. */
            pointer: string;
            /** @description What it was; absent: it was not there. */
            from?: unknown;
            /** @description What it is now. */
            to?: unknown;
        };
        Discovery: {
            /** @description Number of the discovery; it is a run's. */
            id: number;
            /**
             * @description Where it stands; completed: the target answered as one of this provider.
             * @enum {string}
             */
            status: "pending" | "running" | "completed" | "failed" | "cancelled" | "timed_out";
            /**
             * @description What the target is: by its answer if it completed, else as asked or by its address.
             * @enum {string|null}
             */
            provider: "openai" | "anthropic" | "tinyfish" | "http" | null;
            /** @description Base URL for connection.url: the address that was given without the path of a request. */
            url: string | null;
            /** @description Address that gave the answer. */
            asked: string | null;
            /** @description Names for connection.model in the target's order, 1000 at most; null: it does not tell. */
            models: string[] | null;
            /** @description How many it offers, those that are not listed here included. */
            model_count: number | null;
            /** @description Status of its answer. */
            http_status: number | null;
            /** @description Name resolution. */
            dns_ms: number | null;
            /** @description TCP connect. */
            connect_ms: number | null;
            /** @description TLS handshake. */
            tls_ms: number | null;
            /** @description Sent until the first byte of the answer. */
            ttfb_ms: number | null;
            /** @description Connecting included, until the last byte. */
            total_ms: number | null;
            /**
             * Format: date-time
             * @description When it was queued.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When an engine took it.
             */
            started_at: string | null;
            /**
             * Format: date-time
             * @description When it ended; it is forgotten an hour later.
             */
            finished_at: string | null;
            /** @description Engine that asked. */
            engine: string | null;
            /** @description Why it failed. */
            error: string | null;
            /** @description Why it failed, for a program; those of runs. */
            error_code: string | null;
        };
        EventPoll: {
            /** @description true: what was missed cannot be told; read afresh what is shown. */
            reset?: boolean;
            /** @description What happened, in order. */
            events: components["schemas"]["Event"][];
            /** @description For `after` of the next poll. */
            next: string;
        };
        Event: {
            /** @description Token to go on from (`after`, Last-Event-ID); absent: this one has none. */
            id?: string;
            /** @description run, loadtest, scenario, automation, dataset, engine; stream: about the stream itself. */
            topic: string;
            /** @description What happened (docs/live.md). */
            event: string;
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description To whom, and how it is now; depends on topic and event. */
            data?: {
                [key: string]: unknown;
            };
        };
        EventTicket: {
            /** @description What GET /events and the WebSockets take as ?ticket=, once. */
            ticket: string;
            /**
             * Format: date-time
             * @description Until when.
             */
            expires_at: string;
        };
        Calibration: {
            /** @description Number of the calibration; it is a run's. */
            id: number;
            /**
             * @description Where it stands.
             * @enum {string}
             */
            status: "pending" | "running" | "completed" | "failed" | "cancelled" | "timed_out";
            /** @description Streams in all. */
            streams: number;
            /** @description Streams at one time. */
            concurrency: number;
            /** @description Tokens of each stream. */
            tokens: number | null;
            /** @description Gap between tokens. */
            gap_ms: number | null;
            /** @description Whether over TLS. */
            tls: boolean | null;
            /**
             * Format: date-time
             * @description When it was queued.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When an engine took it.
             */
            started_at: string | null;
            /**
             * Format: date-time
             * @description When it ended.
             */
            finished_at: string | null;
            /** @description The engine's own error. */
            errors: components["schemas"]["EngineErrors"] | null;
            /** @description Chunks that arrived together with the one before. */
            batched_events: number | null;
            /** @description Priority that the engine ran at. */
            priority: components["schemas"]["EnginePriority"] | null;
            /** @description CPU and load of the machine. */
            host: components["schemas"]["EngineHost"] | null;
            /** @description Engine that ran it. */
            engine: string | null;
            /** @description Why it failed. */
            error: string | null;
            /** @description Why it failed, for a program. */
            error_code: string | null;
        };
        Engine: {
            /** @description Every engine seen in the last day. */
            engines: components["schemas"]["EngineNode"][];
            /** @description What waits and what runs. */
            queue: {
                /** @description Runs that wait. */
                pending: number;
                /** @description Runs in flight. */
                running: number;
                /** @description How long the oldest due run has waited. */
                oldest_pending_seconds: number | null;
                /** @description Pending and running by kind. */
                by_kind: {
                    [key: string]: {
                        /** @description Runs that wait. */
                        pending: number;
                        /** @description Runs in flight. */
                        running: number;
                    };
                };
            };
            /** @description Every place that an engine measures from or has measured from (BenchmarkEngineLocation), by name. */
            locations: {
                /** @description Name. */
                name: string;
                /** @description Engines that are there now; 0: what is meant for it waits. */
                engines: number;
                /** @description Runs that wait for it. */
                pending: number;
                /** @description Runs in flight that were meant for it. */
                running: number;
            }[];
            /** @description Whether claims are stopped on all nodes. */
            stopped: boolean;
            /** @description Who stopped them. */
            stopped_by: string | null;
            /**
             * Format: date-time
             * @description When.
             */
            stopped_at: string | null;
            /** @description Runs to look at. */
            dead: {
                /** @description Runs that failed because engines died under them as often as was allowed. */
                count: number;
            };
            /** @description The KPI cells that this node keeps in memory; null: it keeps none. */
            kpi_board: {
                /** @description Whether KPIs are answered from it now. */
                readable: boolean;
                /** @description Milliseconds since it was last up to date; what was recorded since then is added to each answer. */
                age_ms: number | null;
                /** @description Memory for cells (BenchmarkKpiMemory less its tables). */
                bytes: number;
                /** @description Of it, in use. */
                bytes_used: number;
                /** @description Cells of hours and days that it holds. */
                cells: number;
                /** @description Windows that it holds put together. */
                views: number;
                /**
                 * Format: date-time
                 * @description It holds all hours from here on; null: all that there are.
                 */
                hours_since: string | null;
                /**
                 * Format: date-time
                 * @description The same of days.
                 */
                days_since: string | null;
                /** @description How often it was filled from the database. */
                fills: number;
                /** @description Hours and days that made room for others. */
                evictions: number;
                /** @description Windows that were answered from it. */
                answers_from_board: number;
                /** @description Windows that were not. */
                answers_from_store: number;
            } | null;
            /** @description What the daily comparison of KPIs with runs found. */
            kpi_check: {
                /**
                 * Format: date-time
                 * @description When; null: never yet.
                 */
                checked_at: string | null;
                /** @description Hours of scenarios that were compared the last time. */
                hours: number;
                /** @description Numbers that were compared then. */
                figures: number;
                /** @description Hours that differed then; they were made again from rows. */
                drifted: number;
                /** @description The last difference that was found, if ever. */
                worst: string | null;
                /**
                 * Format: date-time
                 * @description When it was found.
                 */
                worst_at: string | null;
                /** @description Comparisons so far. */
                checks_total: number;
                /** @description Hours compared so far. */
                hours_total: number;
                /** @description Hours that differed so far. */
                drifted_total: number;
            };
        };
        EngineNode: {
            /** @description Name of the engine, unique over restarts. */
            id: string;
            /** @description Machine. */
            host: string;
            /** @description Process. */
            pid: number;
            /**
             * @description stale: no heartbeat for 15 seconds.
             * @enum {string}
             */
            state: "running" | "draining" | "stopped" | "stale";
            /**
             * Format: date-time
             * @description When it started.
             */
            started_at: string;
            /**
             * Format: date-time
             * @description Its last heartbeat.
             */
            beat_at: string;
            /** @description Version of the module. */
            version: string;
            /** @description Loop threads. */
            loops: number | null;
            /** @description Runs that it performs now. */
            in_flight: number | null;
            /** @description Runs that it can perform at once. */
            capacity: number | null;
            /** @description Nice value in force. */
            priority: number | null;
            /** @description Place that it measures from. */
            location: string | null;
        };
        EngineStopped: {
            /** @description Whether claims are stopped on all nodes. */
            stopped: boolean;
            /** @description What was done. */
            message: string;
        };
        Price: {
            /** @description Number of the price. */
            id: number;
            /**
             * @description Kind of target.
             * @enum {string}
             */
            provider: "openai" | "anthropic" | "tinyfish" | "http" | "mock";
            /** @description Name of the model; with a * behind it, the beginning of names. The exact name wins, then the longest beginning. */
            model: string;
            /** @description Price of a million prompt tokens. */
            input_per_million: number;
            /** @description Of those that came from a cache; null: as the others. */
            cached_input_per_million: number | null;
            /** @description Price of a million output tokens, reasoning included. */
            output_per_million: number;
            /** @description ISO 4217 code. */
            currency: string;
            /**
             * Format: date-time
             * @description Holds for calls that end from then on; null: always did.
             */
            valid_from: string | null;
            /**
             * Format: date-time
             * @description Holds until then, exclusive; null: open.
             */
            valid_to: string | null;
            /** @description User who made it; null: anonymous. */
            created_by: string | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it was last changed.
             */
            updated_at: string;
        };
        Project: {
            /** @description Number of the project; 1 is the one that every installation has. */
            id: number;
            /** @description Name for people; no other project has it. */
            name: string;
            /** @description What it is for. */
            description: string | null;
            /** @description User who made it; null: anonymous. */
            created_by: string | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it was last changed.
             */
            updated_at: string;
        };
        View: {
            /** @description Number of the view. */
            id: number;
            /** @description Name for people; no other view of its page has it. */
            name: string;
            /**
             * @description List of the dashboard that it is a view of.
             * @enum {string}
             */
            page: "overview" | "runs" | "kpis" | "loadtests" | "automations" | "scenarios" | "datasets";
            /** @description What is filtered, as in the address of the page: status=failed&from=now-24h. Empty: nothing. */
            query: string;
            /** @description Project that it belongs to: given when it is made, else the first that the client sees; never changed. */
            project_id: number;
            /** @description User who made it; null: anonymous. */
            created_by: string | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it was last changed.
             */
            updated_at: string;
        };
        Health: {
            /**
             * @description Always: whoever cannot say so does not answer.
             * @enum {string}
             */
            status: "healthy";
            /** @description Whether provider tinyfish is answered by the mock. */
            mock_mode: boolean;
            /** @description Name of this installation. */
            project: string;
            /**
             * Format: date-time
             * @description The server's clock.
             */
            timestamp: string;
        };
        Ready: {
            /**
             * @description not_ready: 503.
             * @enum {string}
             */
            status: "ready" | "not_ready";
            /** @description One by one. */
            checks: {
                /** @description ok, or what is wrong. */
                database: string;
                /** @description ok, or what is wrong. */
                schema: string;
                /** @description ok, or what is wrong. */
                engine: string;
            };
        };
        AuditEntry: {
            /** @description Number of the entry. */
            id: number;
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description User; null: nobody who is known. */
            actor: string | null;
            /** @description What he had at that time. */
            role: string;
            /** @description Address of the client. */
            address: string | null;
            /** @description Method and route, such as PATCH /automations/{id}. */
            action: string;
            /** @description What it was done to; of something new, where it is. */
            object: string;
            /** @description Members that the body named; never their values. */
            members: string[];
            /**
             * @description Whether it was done or not allowed.
             * @enum {string}
             */
            outcome: "done" | "denied";
            /** @description HTTP status of the answer. */
            status: number;
            /** @description X-Request-Id of the answer. */
            request_id: string;
        };
        AuditVerdict: {
            /** @description Whether all batches are what was chained, and the one that was asked for is among them. */
            intact: boolean;
            /** @description Whether the chain has `batch` with `hash`; null: was not asked, or the batch is removed. */
            has_batch: boolean | null;
            /** @description First that is not; null: all are. */
            first_broken_batch: number | null;
            /** @description How many there are. */
            batches: number;
            /** @description Entries in them. */
            entries: number;
            /** @description Number of the last one. */
            last_batch: number | null;
            /** @description Its hash: kept elsewhere, it shows later that nothing up to it was changed. */
            last_hash: string | null;
            /** @description Last batch that was removed by BenchmarkKeepAudit; the chain goes on from its hash. null: none was. */
            removed_to_batch: number | null;
            /** @description Entries that are too young to be in a batch. */
            open_entries: number;
        };
        Secret: {
            /** @description Number of the secret. */
            id: number;
            /** @description What connection.secret and {{secret.NAME}} say. Fixed: the encryption is bound to it. */
            name: string;
            /** @description What it is for. */
            description: string | null;
            /** @description Project that it belongs to; only that one's runs can name it. */
            project_id: number;
            /** @description Key of the key ring that encrypted the value. */
            key_id: string;
            /**
             * Format: date-time
             * @description When the value was last set.
             */
            set_at: string;
            /**
             * Format: date-time
             * @description When an engine last used it, to the minute; null: never.
             */
            last_used_at: string | null;
            /** @description User who made it; null: anonymous. */
            created_by: string | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it was last changed.
             */
            updated_at: string;
        };
        SecretUse: {
            /**
             * @description What names the secret.
             * @enum {string}
             */
            kind: "automation" | "scenario";
            /** @description Number of that. */
            id: number;
            /** @description Its name. */
            name: string;
        };
        SecretKeys: {
            /** @description Whether this node's key ring can be used. */
            usable: boolean;
            /** @description Why not; null: it can. */
            trouble: string | null;
            /** @description Key that encrypts what is set now. */
            active_key_id: string | null;
            /** @description Keys that encrypted what is stored, of all projects. */
            keys: components["schemas"]["SecretKey"][];
        };
        SecretKey: {
            /** @description Key that encrypted them. */
            key_id: string;
            /** @description How many, keys that sign tokens included; of 0 the key can leave the key rings. */
            secrets: number;
            /** @description Whether this node's key ring has the key. */
            readable: boolean;
        };
        ScenarioSlos: {
            /** @description The scenario. */
            scenario_id: number;
            /** @description Its version now; runs of all versions are judged. */
            version: number;
            /** @description In the order of the scenario. */
            slos: components["schemas"]["SloStanding"][];
            /** @description How much was good. */
            summary: {
                /** @description Time that it is about. */
                window: string;
                /**
                 * Format: date-time
                 * @description Its begin: a whole hour.
                 */
                from: string;
                /** @description Runs that ended by themselves: completed, failed or timed out. */
                attempted: number;
                /** @description Runs that completed within every max of the SLOs that their scenario had (docs/slos.md). */
                good: number;
                /** @description Good of the attempts, in percent; null: no attempts. */
                attainment: number | null;
                /** @description 95 % Wilson interval of it, [low, high]. */
                attainment_interval: [
                    number,
                    number
                ] | null;
                /** @description All cost by good runs, in the currency of the prices; null: none was good, or no cost is known. */
                cost_per_good_result: number | null;
                /** @description Good runs per second of the window; null: it has no begin. */
                goodput_per_second: number | null;
                /** @description pass^k: how likely k attempts all pass, over the scenarios. */
                pass_k: {
                    /** @description Trials. */
                    k: number;
                    /** @description Mean over tasks of C(c,k) / C(n,k) with c of n attempts completed; null: no task has k attempts. */
                    value: number | null;
                    /** @description Tasks (scenarios) of k attempts or more. */
                    tasks: number;
                };
                /** @description Apdex(T). */
                apdex: {
                    /** @description Figure that people wait for. */
                    metric: string;
                    /** @description T; null: neither run_settings.apdex nor the query has one. */
                    t_ms: number | null;
                    /** @description (within T + half of those within 4 T) / attempts; failures count for nothing. */
                    value: number | null;
                };
            };
        };
        SloStanding: {
            /** @description As the scenario has it, with defaults. */
            slo: components["schemas"]["Slo"];
            /** @description The same in words. */
            demand: string;
            /**
             * @description Whether it is met.
             * @enum {string}
             */
            status: "met" | "not_met" | "too_few_samples";
            /** @description Why, in words. */
            finding: string;
            /** @description Share of the attempts that is demanded, in percent. */
            target: number;
            /** @description Attempts of the window (of itl_ms and icl_ms values), failed ones included. */
            attempted: number;
            /** @description Attempts that were within the limit. */
            within: number;
            /** @description The share of them, in percent; null: no attempts. */
            attainment: number | null;
            /** @description 95 % Wilson interval of it, [low, high]. */
            attainment_interval: [
                number,
                number
            ] | null;
            /** @description Of a latency the demanded quantile over all attempts, in ms; null: it lies among those that failed. */
            value: number | null;
            /** @description 95 % interval of it by order statistics; null: too few samples. */
            value_interval: [
                number | null,
                number | null
            ] | null;
            /** @description Bound of value, and of the limit that within counts by. */
            relative_error: number;
            /** @description Error budget. */
            budget: {
                /** @description Attempts of the window that may be bad. */
                allowed: number | null;
                /** @description Attempts that were. */
                spent: number;
                /** @description What is left of it, in percent; below 0: more than all was used up. */
                left: number | null;
            };
            /**
             * Format: date-time
             * @description Begin of the window: a whole hour.
             */
            from: string;
            /** @description How fast the budget is used up: 1 lasts exactly a window, 14.4 over an hour is 2 % of 30 days. */
            burn_rates: {
                /** @description Of the last hour; null: no attempts. */
                "1h": number | null;
                /** @description Of the last 6 hours. */
                "6h": number | null;
                /** @description Of the last day. */
                "24h": number | null;
                /** @description Of the last 3 days. */
                "3d": number | null;
            };
        };
        Gate: {
            /**
             * @description pending: some of the runs have not ended, or there was no time to judge them; status 202 then, 200 if passed, 409 if failed.
             * @enum {string}
             */
            verdict: "passed" | "failed" | "pending";
            /** @description The scenario. */
            scenario_id: number;
            /** @description Its name. */
            scenario: string;
            /** @description Its version now, whose SLOs are judged. */
            version: number;
            /** @description The runs that are judged; null: those of windows. */
            runs: string | null;
            /** @description How many. */
            run_count: number | null;
            /** @description How many of them have not ended. */
            pending: number;
            /** @description What regressions are counted from. */
            baseline: string | null;
            /** @description Checks that passed. */
            passed: number;
            /** @description Checks that failed. */
            failed: number;
            /** @description Checks that cannot tell; whether they fail the gate is a parameter. */
            too_few_samples: number;
            /** @description SLOs, then regressions. */
            checks: {
                /**
                 * @description What it is.
                 * @enum {string}
                 */
                kind: "slo" | "regression";
                /** @description What is demanded. */
                name: string;
                /**
                 * @description What came of it.
                 * @enum {string}
                 */
                result: "passed" | "failed" | "too_few_samples";
                /** @description Why. */
                detail: string;
                /** @description Quantile in ms, share in percent, or change in percent or percentage points. */
                value: number | null;
                /** @description What it is held against. */
                limit: number | null;
                /** @description Attempts (of regressions of a quantile: samples) that were judged. */
                n: number;
                /** @description Of a regression: the figure. */
                now: number | null;
                /** @description That of the baseline. */
                baseline: number | null;
                /** @description Its attempts or samples. */
                baseline_n: number;
            }[];
        };
        About: {
            /** @description mod_benchmark. */
            name: string;
            /** @description Its version. */
            version: string;
            /** @description The httpd it runs in. */
            server: string | null;
            /** @description Name of this installation. */
            project: string;
            /** @description Address that links begin with. */
            base_url: string;
            /** @description Whether provider tinyfish is answered by the mock. */
            mock_mode: boolean;
            /** @description Whether this httpd runs an engine (BenchmarkEngine). */
            engine_here: boolean;
            /** @description The database schema. */
            schema: {
                /** @description Version of the database schema. */
                version: number;
                /** @description Version that this server needs. */
                expected: number;
            };
            /** @description The database. */
            database: {
                /** @description Version of PostgreSQL. */
                version: string;
                /** @description Schema that the tables are in. */
                schema_name: string;
                /** @description Whether the connection is encrypted. */
                tls: boolean;
                /** @description Protocol. */
                tls_version: string | null;
                /** @description Cipher. */
                tls_cipher: string | null;
                /** @description Whether it is a standby. */
                replica: boolean;
            };
            /** @description Machines whose engine was seen in the last day. */
            nodes: number;
            /** @description Engines that run now. */
            engines_alive: number;
            /** @description Kinds of targets. */
            providers: string[];
            /** @description What is built in; events: whether there are any to watch. */
            features: {
                [key: string]: boolean;
            };
            /** @description Limits that a client meets. */
            limits: {
                /** @description Largest request body. */
                max_body_bytes: number;
                /** @description Most elements of a list. */
                max_page: number;
                /** @description Most runs of one bulk request. */
                max_bulk_runs: number;
                /** @description Bytes of a target's answer that are kept. */
                max_stored_response_bytes: number;
                /** @description Deepest nesting of a body. */
                max_json_depth: number;
            };
        };
        ConfiguredDirective: {
            /** @description Its name. */
            directive: string;
            /** @description What it says; null where it stands nowhere or is hidden. */
            value: string | null;
            /** @description Whether what it says holds a password, and so is not told. */
            hidden: boolean;
            /** @description What holds where it stands nowhere; null: nothing, or as `description` says. */
            default: string | null;
            /** @description What it is for. */
            description: string;
            /** @description File of httpd's configuration that it stands in; null: none. */
            file: string | null;
            /** @description Line of that file. */
            line: number | null;
            /** @description Section that it stands in, such as a virtual host. */
            section: string | null;
        };
        Me: {
            /** @description Name by which httpd knows the user; null: anonymous. */
            user: string | null;
            /**
             * @description What he may do.
             * @enum {string}
             */
            role: "none" | "viewer" | "operator" | "admin";
            /** @description Whether there is no user. */
            anonymous: boolean;
            /** @description Number of the user; null: he is not kept here. */
            id: number | null;
            /**
             * @description What of ours he showed: the cookie of a login, an access token, an API key, or a user's password; none: he is anonymous, or httpd knows him by itself.
             * @enum {string}
             */
            credential: "none" | "session" | "token" | "key" | "password";
            /** @description Numbers of the projects that he sees; null: all. */
            projects: number[] | null;
            /** @description What that may be used for. */
            scopes: ("read" | "run" | "write" | "admin" | "push")[];
        };
        User: {
            /** @description Number of the user. */
            id: number;
            /** @description What he signs in with and what is written beside what he does. No colon, no control character. */
            name: string;
            /** @description He may sign in with it, too. */
            email: string | null;
            /** @description For people to read. */
            full_name: string | null;
            /**
             * @description What he may do.
             * @enum {string}
             */
            role: "none" | "viewer" | "operator" | "admin";
            /** @description Projects that he sees, by number; what he makes goes into the first. null: all. */
            projects: number[] | null;
            /** @description Whether he is kept out; his sessions end when it becomes true. */
            disabled: boolean;
            /** @description Whether he can sign in with a password of ours. */
            has_password: boolean;
            /**
             * Format: date-time
             * @description Until when a link holds by which he can set his password; null: there is none.
             */
            password_link_until: string | null;
            /**
             * Format: date-time
             * @description When he last signed in.
             */
            login_at: string | null;
            /**
             * Format: date-time
             * @description When his password was last changed.
             */
            password_at: string | null;
            /** @description User who made him; null: the command. */
            created_by: string | null;
            /**
             * Format: date-time
             * @description When he was made.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When he was last changed.
             */
            updated_at: string;
        };
        AuthTokens: {
            /** @description For `Authorization: Bearer`. Absent if a cookie was set. */
            access_token?: string;
            /**
             * @description How the session is shown.
             * @enum {string}
             */
            token_type: "bearer" | "cookie";
            /** @description Seconds that the token, or the session of the cookie, lasts. */
            expires_in: number;
            /** @description Good for one POST /auth/refresh. */
            refresh_token?: string | null;
            /** @description Whose it is. */
            user: components["schemas"]["AuthUser"];
        };
        AuthUser: {
            /** @description Number of the user; null: he is kept elsewhere. */
            id: number | null;
            /** @description His address. */
            email: string | null;
            /** @description His name, for people. */
            name: string;
            /** @description What he may do. */
            role?: string;
        };
        AuthTokenStatus: {
            /** @description Whether Amazon's API can be asked. */
            has_valid_token: boolean;
            /** @description Whether somebody has to connect an account. */
            requires_authentication: boolean;
            /** @description The same for people. */
            message: string;
        };
        SigningKey: {
            /** @description Id of the new key. */
            kid: string;
            /** @description When tokens are signed with it: all nodes know it by then. */
            signs_in_seconds: number;
        };
        Jwks: {
            /** @description All that are believed. */
            keys: components["schemas"]["Jwk"][];
        };
        Jwk: {
            /** @description OKP (RFC 8037). */
            kty: string;
            /** @description Ed25519. */
            crv: string;
            /** @description EdDSA. */
            alg: string;
            /** @description sig. */
            use: string;
            /** @description Id, as in the header of tokens. */
            kid: string;
            /** @description The public key. */
            x: string;
        };
        PasswordLink: {
            /** @description Whose password it sets. */
            user: string;
            /** @description For `POST /auth/password`. It is shown this once. */
            token: string;
            /** @description The page that asks for the password, with the token: give it to him. */
            url: string;
            /**
             * Format: date-time
             * @description Until when it holds; it holds once.
             */
            expires_at: string;
        };
        PasswordLinkUsed: {
            /** @description Who can sign in with it now. */
            user: string;
        };
        ApiKey: {
            /** @description Number of the key. */
            id: number;
            /** @description What it is for. */
            name: string;
            /** @description How it begins, behind bmk_: what logs and people know it by. */
            prefix: string;
            /** @description Whose it is: it can do no more than he. */
            user: string;
            /**
             * @description What it gives at most.
             * @enum {string}
             */
            role: "viewer" | "operator" | "admin";
            /** @description What it may be used for; null: everything. */
            scopes: ("read" | "run" | "write" | "admin" | "push")[] | null;
            /** @description Projects that it sees, of those that its owner sees; null: all of these. */
            projects: number[] | null;
            /**
             * Format: date-time
             * @description Until when; null: until it is deleted.
             */
            expires_at: string | null;
            /**
             * Format: date-time
             * @description When it was last used, to the minute.
             */
            last_used_at: string | null;
            /** @description User who made it. */
            created_by: string | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
        };
        ApiKeyMade: {
            /** @description For `Authorization: Bearer`. It is shown this once. */
            key: string;
            /** @description What is kept. */
            api_key: components["schemas"]["ApiKey"];
        };
        Session: {
            /** @description Number of the session. */
            id: number;
            /** @description Whose it is. */
            user: string;
            /**
             * @description What stands for it: the cookie of a browser, or tokens of a program.
             * @enum {string}
             */
            kind: "cookie" | "tokens";
            /** @description Whether this request came with it. */
            current: boolean;
            /** @description Address that signed in. */
            address: string | null;
            /** @description User-Agent that signed in. */
            agent: string | null;
            /**
             * Format: date-time
             * @description When it began.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it was last used, to the minute.
             */
            seen_at: string;
            /**
             * Format: date-time
             * @description When it ends unless it is used before.
             */
            ends_at: string;
        };
        Kpis: {
            /** @description What was looked at: the window in whole hours. */
            range: {
                /**
                 * Format: date-time
                 * @description Begin, a whole hour.
                 */
                from: string;
                /**
                 * Format: date-time
                 * @description End, a whole hour.
                 */
                to: string;
                /**
                 * @description day: the window begins where hours are no longer kept (BenchmarkKeepHourCells), so it is one of whole days.
                 * @enum {string}
                 */
                resolution: "hour" | "day";
            };
            /**
             * @description Single runs, requests of load tests, or of training.
             * @enum {string}
             */
            source: "run" | "loadtest" | "training";
            /**
             * @description Where quantiles come from.
             * @enum {string}
             */
            estimator: "sketch" | "exact";
            /** @description Largest relative error of a quantile; n, mean, min and max are exact. */
            relative_error: number;
            /** @description exact=true: load tests of the window have requests without rows (keep_rows, BenchmarkKeepRaw); all is of the others. */
            kept_rows_only: boolean;
            /** @description All runs together. */
            total: components["schemas"]["KpiTotal"];
            /** @description With group_by: ascending by key. */
            groups: components["schemas"]["KpiGroup"][];
        };
        KpiTotal: {
            /** @description Runs that ended, whatever their status. */
            runs: number;
            /** @description Number of runs by status. */
            by_status: {
                [key: string]: number;
            };
            /** @description Completed of the attempts (not the cancelled), 0 to 100; null: none. */
            success_rate: number | null;
            /** @description 95 % Wilson interval of it, [low, high]. */
            success_interval: [
                number,
                number
            ] | null;
            /** @description Tokens of prompts. */
            prompt_tokens: number;
            /** @description Tokens of answers. */
            completion_tokens: number;
            /** @description Cost of the runs whose price is known. */
            cost: number;
            /** @description Runs that completed within every max of the SLOs that their scenario had (docs/slos.md). */
            good: number;
            /** @description Good of the attempts, in percent; null: no attempts. */
            attainment: number | null;
            /** @description 95 % Wilson interval of it, [low, high]. */
            attainment_interval: [
                number,
                number
            ] | null;
            /** @description All cost by good runs, in the currency of the prices; null: none was good, or no cost is known. */
            cost_per_good_result: number | null;
            /** @description Number of runs by class of error. */
            errors: {
                [key: string]: number;
            };
            /** @description By name of the metric; of groups by status only of those completed. */
            metrics: {
                [key: string]: components["schemas"]["KpiFigure"];
            };
        };
        KpiFigure: {
            /** @description Values. */
            n: number;
            /** @description Their mean; null: none. */
            mean: number | null;
            /** @description The least. */
            min: number | null;
            /** @description The greatest. */
            max: number | null;
            /** @description Those asked for. */
            quantiles: components["schemas"]["KpiQuantile"][];
            /** @description With apdex_t. */
            apdex?: number | null;
        };
        KpiQuantile: {
            /** @description Which, 0 to 1. */
            q: number;
            /** @description The quantile; null: no values. */
            value: number | null;
            /** @description Lower end of its 95 % interval by order statistics; null: too few values. */
            low: number | null;
            /** @description Upper end. */
            high: number | null;
            /** @description Too few values for this quantile. */
            few_samples: boolean;
        };
        KpiGroup: {
            /** @description Grouped by scenario. */
            scenario_id?: number;
            /** @description Its name; null: it exists no more. */
            scenario_name?: string | null;
            /** @description Grouped by automation. */
            automation_id?: number;
            /** @description Its name. */
            automation_name?: string | null;
            /** @description Grouped by model; null: none was named. */
            model?: string | null;
            /** @description Grouped by provider, or that of the model. */
            provider?: string | null;
            /** @description Grouped by location; null: none. */
            location?: string | null;
            /** @description Grouped by label; null: all that have no figures of their own (/labels). */
            label?: string | null;
            /**
             * Format: date-time
             * @description Grouped by hour.
             */
            hour?: string;
            /**
             * Format: date-time
             * @description Grouped by day (UTC).
             */
            day?: string;
            /** @description Grouped by status. */
            status?: string;
            /** @description Runs that ended, whatever their status. */
            runs: number;
            /** @description Number of runs by status. */
            by_status?: {
                [key: string]: number;
            };
            /** @description Completed of the attempts (not the cancelled), 0 to 100; null: none. */
            success_rate?: number | null;
            /** @description 95 % Wilson interval of it, [low, high]. */
            success_interval?: [
                number,
                number
            ] | null;
            /** @description Tokens of prompts. */
            prompt_tokens?: number;
            /** @description Tokens of answers. */
            completion_tokens?: number;
            /** @description Cost of the runs whose price is known. */
            cost?: number;
            /** @description Runs that completed within every max of the SLOs that their scenario had (docs/slos.md). */
            good?: number;
            /** @description Good of the attempts, in percent; null: no attempts. */
            attainment?: number | null;
            /** @description 95 % Wilson interval of it, [low, high]. */
            attainment_interval?: [
                number,
                number
            ] | null;
            /** @description All cost by good runs, in the currency of the prices; null: none was good, or no cost is known. */
            cost_per_good_result?: number | null;
            /** @description Number of runs by class of error. */
            errors?: {
                [key: string]: number;
            };
            /** @description By name of the metric; of groups by status only of those completed. */
            metrics?: {
                [key: string]: components["schemas"]["KpiFigure"];
            };
        };
        KpiSeries: {
            /** @description What was looked at: the window in whole hours. */
            range: {
                /**
                 * Format: date-time
                 * @description Begin, a whole hour.
                 */
                from: string;
                /**
                 * Format: date-time
                 * @description End, a whole hour.
                 */
                to: string;
                /**
                 * @description day: the window begins where hours are no longer kept (BenchmarkKeepHourCells), so it is one of whole days.
                 * @enum {string}
                 */
                resolution: "hour" | "day";
            };
            /**
             * @description Single runs, requests of load tests, or of training.
             * @enum {string}
             */
            source: "run" | "loadtest" | "training";
            /**
             * @description Where quantiles come from.
             * @enum {string}
             */
            estimator: "sketch" | "exact";
            /** @description Largest relative error of a quantile; n, mean, min and max are exact. */
            relative_error: number;
            /** @description Which figure. */
            metric: string;
            /** @description Width of a bucket; buckets begin at multiples of it since 1970. */
            bucket_seconds: number;
            /** @description Begin of each bucket. */
            at: string[];
            /** @description One, or with group_by those with the most runs. */
            series: components["schemas"]["KpiSeriesLine"][];
            /** @description Further groups, which limit leaves out. */
            omitted: number;
        };
        KpiSeriesLine: {
            /** @description What it is of: scenario_id and scenario_name ...; empty without group_by. */
            key: components["schemas"]["KpiKey"];
            /** @description Runs that ended, by bucket. */
            runs: number[];
            /** @description Those that completed. */
            completed: number[];
            /** @description Values of the metric. */
            n: number[];
            /** @description Their mean; null: none. */
            mean: (number | null)[];
            /** @description For each quantile q and arrays by bucket. */
            quantiles: {
                /** @description Which, 0 to 1. */
                q: number;
                /** @description Buckets of fewer values have too few for this quantile; null: any number is too few. */
                certified_from: number | null;
                /** @description By bucket; null: no values. */
                value: (number | null)[];
                /** @description Lower end of its 95 % interval. */
                low: (number | null)[];
                /** @description Upper end. */
                high: (number | null)[];
            }[];
        };
        KpiKey: {
            /** @description Grouped by scenario. */
            scenario_id?: number;
            /** @description Its name; null: it exists no more. */
            scenario_name?: string | null;
            /** @description Grouped by automation. */
            automation_id?: number;
            /** @description Its name. */
            automation_name?: string | null;
            /** @description Grouped by model; null: none was named. */
            model?: string | null;
            /** @description Grouped by provider, or that of the model. */
            provider?: string | null;
            /** @description Grouped by location; null: none. */
            location?: string | null;
            /** @description Grouped by label; null: all that have no figures of their own (/labels). */
            label?: string | null;
            /**
             * Format: date-time
             * @description Grouped by hour.
             */
            hour?: string;
            /**
             * Format: date-time
             * @description Grouped by day (UTC).
             */
            day?: string;
        };
        KpiDistribution: {
            /** @description What was looked at: the window in whole hours. */
            range: {
                /**
                 * Format: date-time
                 * @description Begin, a whole hour.
                 */
                from: string;
                /**
                 * Format: date-time
                 * @description End, a whole hour.
                 */
                to: string;
                /**
                 * @description day: the window begins where hours are no longer kept (BenchmarkKeepHourCells), so it is one of whole days.
                 * @enum {string}
                 */
                resolution: "hour" | "day";
            };
            /**
             * @description Single runs, requests of load tests, or of training.
             * @enum {string}
             */
            source: "run" | "loadtest" | "training";
            /**
             * @description Where quantiles come from.
             * @enum {string}
             */
            estimator: "sketch" | "exact";
            /** @description Largest relative error of a quantile; n, mean, min and max are exact. */
            relative_error: number;
            /** @description Which figure. */
            metric: string;
            /** @description Edges of the bins in ms, one more than bins; equally wide on a logarithmic scale. */
            edges: number[];
            /** @description One, or with group_by those with the most runs. */
            distributions: components["schemas"]["KpiDistributionPart"][];
            /** @description Further groups, which limit leaves out. */
            omitted: number;
        };
        KpiDistributionPart: {
            /** @description What it is of; empty without group_by. */
            key: components["schemas"]["KpiKey"];
            /** @description Values. */
            n: number;
            /** @description Their mean; null: none. */
            mean: number | null;
            /** @description The least. */
            min: number | null;
            /** @description The greatest. */
            max: number | null;
            /** @description Those asked for. */
            quantiles: components["schemas"]["KpiQuantile"][];
            /** @description Values in each bin. */
            counts: number[];
            /** @description [value, fraction] points of the distribution function, ascending. */
            cdf: [
                number,
                number
            ][];
        };
        KpiHeatmap: {
            /** @description What was looked at: the window in whole hours. */
            range: {
                /**
                 * Format: date-time
                 * @description Begin, a whole hour.
                 */
                from: string;
                /**
                 * Format: date-time
                 * @description End, a whole hour.
                 */
                to: string;
                /**
                 * @description day: the window begins where hours are no longer kept (BenchmarkKeepHourCells), so it is one of whole days.
                 * @enum {string}
                 */
                resolution: "hour" | "day";
            };
            /**
             * @description Single runs, requests of load tests, or of training.
             * @enum {string}
             */
            source: "run" | "loadtest" | "training";
            /**
             * @description Where quantiles come from.
             * @enum {string}
             */
            estimator: "sketch" | "exact";
            /** @description Largest relative error of a quantile; n, mean, min and max are exact. */
            relative_error: number;
            /** @description Which figure. */
            metric: string;
            /** @description Width of a column. */
            bucket_seconds: number;
            /** @description Begin of each column. */
            at: string[];
            /** @description Edges of the rows in ms, one more than rows; equally high on a logarithmic scale. */
            edges: number[];
            /** @description For each column the number of values in each row; null: no values. */
            counts: (number[] | null)[];
        };
        OpenApiDocument: {
            /** @description Version of OpenAPI. */
            openapi: string;
            /** @description Title, version, what holds everywhere. */
            info: {
                [key: string]: unknown;
            };
            /** @description Where the paths begin. */
            servers: unknown[];
            /** @description Ways to say who one is, each enough. */
            security: unknown[];
            /** @description Operations. */
            paths: {
                [key: string]: unknown;
            };
            /** @description Schemas, and how a client says who it is. */
            components: {
                [key: string]: unknown;
            };
        };
        Message: {
            /** @description What was done. */
            message: string;
        };
        Problem: {
            /** @description about:blank: the status says it all. */
            type: string;
            /** @description The status in words. */
            title: string;
            /** @description HTTP status. */
            status: number;
            /** @description What happened, for a person. */
            detail: string;
            /** @description What happened, for a program; absent if the status says it all. */
            code?: string;
            /** @description Name of the request in the server's log. */
            request_id?: string;
            /** @description Every rule that the request breaks. */
            errors?: {
                /** @description Where: a JSON Pointer into the body, or ?name of a parameter. */
                pointer: string;
                /** @description What is wrong there. */
                detail: string;
            }[];
        };
        AutomationInput: {
            /** @description Name for people. */
            name: string;
            /**
             * @description Kind of target.
             * @default tinyfish
             * @enum {string}
             */
            provider?: "openai" | "anthropic" | "tinyfish" | "http" | "mock";
            /** @description Name of the automation at TinyFish. */
            tinyfish_automation_id?: string | null;
            /** @description Free text. */
            description?: string | null;
            /**
             * @description Inputs of every run, overlaid by the scenario's inputs_template and the run's inputs_override.
             * @default {}
             */
            default_inputs?: {
                [key: string]: unknown;
            };
            /**
             * @description How to reach the target; its members depend on the provider. Secrets are named, never given.
             * @default {}
             */
            connection?: {
                [key: string]: unknown;
            };
            /**
             * @description Most runs of this target at one time, over all nodes.
             * @default 16
             */
            max_in_flight?: number;
            /** @description Highest load of a load test that its operator has agreed to, in requests a second or under way; null: BenchmarkConfirmAbove. */
            confirmed_rate?: number | null;
            /** @description Project that it belongs to: given when it is made, else the first that the client sees; never changed. */
            project_id?: number;
            /**
             * @description Words to find it by.
             * @default []
             */
            labels?: string[];
        };
        AutomationChange: {
            /** @description Number of the automation. */
            id?: number;
            /** @description Name for people. */
            name?: string;
            /**
             * @description Kind of target.
             * @enum {string}
             */
            provider?: "openai" | "anthropic" | "tinyfish" | "http" | "mock";
            /** @description Name of the automation at TinyFish. */
            tinyfish_automation_id?: string | null;
            /** @description Free text. */
            description?: string | null;
            /** @description Inputs of every run, overlaid by the scenario's inputs_template and the run's inputs_override. */
            default_inputs?: {
                [key: string]: unknown;
            };
            /** @description How to reach the target; its members depend on the provider. Secrets are named, never given. */
            connection?: {
                [key: string]: unknown;
            };
            /** @description Most runs of this target at one time, over all nodes. */
            max_in_flight?: number;
            /** @description Highest load of a load test that its operator has agreed to, in requests a second or under way; null: BenchmarkConfirmAbove. */
            confirmed_rate?: number | null;
            /** @description Project that it belongs to: given when it is made, else the first that the client sees; never changed. */
            project_id?: number;
            /** @description Words to find it by. */
            labels?: string[];
            /** @description User who made it; null: anonymous. */
            created_by?: string | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at?: string;
            /**
             * Format: date-time
             * @description When it was last changed.
             */
            updated_at?: string;
        };
        ScenarioInput: {
            /** @description Name for people. */
            name: string;
            /** @description Automation that it is asked of. */
            automation_id: number;
            /** @description Free text. */
            description?: string | null;
            /**
             * @description Inputs of its runs, laid over the automation's default_inputs. Strings may hold {{name}} placeholders.
             * @default {}
             */
            inputs_template?: {
                [key: string]: unknown;
            };
            /**
             * @description How its runs are made and judged: max_attempts or retry (docs/load-tests.md), timeout_seconds, location, assertions (docs/assertions.md), apdex (docs/slos.md), and members of your own, such as interval_seconds.
             * @default {}
             */
            run_settings?: {
                [key: string]: unknown;
            };
            /**
             * @description What its runs have promised (docs/slos.md); a run is good if it completes within every max.
             * @default []
             */
            slos?: {
                /** @description Name for people. */
                name?: string | null;
                /**
                 * @description Figure that it is about; rates are in percent.
                 * @enum {string}
                 */
                metric: "e2e_ms" | "e2e_scheduled_ms" | "total_ms" | "ttft_ms" | "ttft_scheduled_ms" | "ttfo_ms" | "ttst_ms" | "tpot_ms" | "ttfb_ms" | "ntpot_ms" | "itl_ms" | "icl_ms" | "success_rate" | "good_rate";
                /** @description Of a latency: this quantile is to be at most max (default 0.95). */
                quantile?: number;
                /** @description Instead: so many percent of the attempts are to be within max, which is the same of quantile attainment / 100. */
                attainment?: number;
                /** @description Of a latency: milliseconds. A run that keeps every max is good. */
                max?: number;
                /** @description Of a rate: percent. */
                min?: number;
                /** @description Time that it is judged over, 1h to 90d (default 28d). */
                window?: string;
            }[];
            /**
             * @description Words to find it by; its runs inherit them.
             * @default []
             */
            labels?: string[];
            /** @description Project that it belongs to: its automation's. */
            project_id?: number;
        };
        ScenarioChange: {
            /** @description Number of the scenario. */
            id?: number;
            /** @description Name for people. */
            name?: string;
            /** @description Automation that it is asked of. */
            automation_id?: number;
            /** @description Free text. */
            description?: string | null;
            /** @description Inputs of its runs, laid over the automation's default_inputs. Strings may hold {{name}} placeholders. */
            inputs_template?: {
                [key: string]: unknown;
            };
            /** @description How its runs are made and judged: max_attempts or retry (docs/load-tests.md), timeout_seconds, location, assertions (docs/assertions.md), apdex (docs/slos.md), and members of your own, such as interval_seconds. */
            run_settings?: {
                [key: string]: unknown;
            };
            /** @description What its runs have promised (docs/slos.md); a run is good if it completes within every max. */
            slos?: {
                /** @description Name for people. */
                name?: string | null;
                /**
                 * @description Figure that it is about; rates are in percent.
                 * @enum {string}
                 */
                metric: "e2e_ms" | "e2e_scheduled_ms" | "total_ms" | "ttft_ms" | "ttft_scheduled_ms" | "ttfo_ms" | "ttst_ms" | "tpot_ms" | "ttfb_ms" | "ntpot_ms" | "itl_ms" | "icl_ms" | "success_rate" | "good_rate";
                /** @description Of a latency: this quantile is to be at most max (default 0.95). */
                quantile?: number;
                /** @description Instead: so many percent of the attempts are to be within max, which is the same of quantile attainment / 100. */
                attainment?: number;
                /** @description Of a latency: milliseconds. A run that keeps every max is good. */
                max?: number;
                /** @description Of a rate: percent. */
                min?: number;
                /** @description Time that it is judged over, 1h to 90d (default 28d). */
                window?: string;
            }[];
            /** @description Words to find it by; its runs inherit them. */
            labels?: string[];
            /** @description Raised by every change; runs name the version they were made from. */
            version?: number;
            /** @description Project that it belongs to: its automation's. */
            project_id?: number;
            /** @description User who made it; null: anonymous. */
            created_by?: string | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at?: string;
            /**
             * Format: date-time
             * @description When it was last changed.
             */
            updated_at?: string;
        };
        RunBulk: {
            /** @description Scenario to run. */
            scenario_id: number;
            /** @description Inputs laid over those of automation and scenario. */
            inputs_override?: {
                [key: string]: unknown;
            } | null;
            /**
             * @description How many runs.
             * @default 1
             */
            count?: number;
            /**
             * @description Higher goes first.
             * @default 0
             */
            priority?: number;
            /** @description Added to those of the scenario. */
            labels?: string[];
            /**
             * Format: date-time
             * @description Not before this time; absent: now.
             */
            run_at?: string | null;
            /** @description Only engines of this location perform it; null: any; absent: run_settings.location of the scenario. */
            location?: string | null;
            /** @description One run for each of these locations, answered together, with a label in common. */
            locations?: string[];
        };
        RunTrigger: {
            /** @description Scenario to run. */
            scenario_id: number;
            /** @description Inputs laid over those of automation and scenario. */
            inputs_override?: {
                [key: string]: unknown;
            } | null;
            /** @description Only engines of this location perform it; null: any; absent: run_settings.location of the scenario. */
            location?: string | null;
            /** @description One run for each of these locations, answered together, with a label in common. */
            locations?: string[];
        };
        RunCancel: {
            /** @description Numbers of the runs. */
            run_ids: number[];
        };
        RunPatch: {
            /** @description Words to find it by. */
            labels?: string[];
            /** @description Free text. */
            note?: string | null;
        };
        KpiRebuildOrder: {
            /**
             * Format: date-time
             * @description Begin of the window; its hour counts as a whole.
             */
            from: string;
            /**
             * Format: date-time
             * @description End of it, likewise.
             */
            to: string;
            /** @description Of this scenario only. */
            scenario_id?: number | null;
        };
        TraceSourceInput: {
            /** @description Name for people; no other source of its project has it. */
            name: string;
            /** @description What it is. */
            description?: string | null;
            /**
             * @description langfuse: a server that is mirrored; pushed: traces are sent to it (POST /otlp/v1/traces, POST /ingestion).
             * @default langfuse
             * @enum {string}
             */
            kind?: "langfuse" | "pushed";
            /** @description Address of the Langfuse server, without /api/public: https://cloud.langfuse.com; null: it is pushed. */
            url?: string | null;
            /** @description Public key of the Langfuse project (pk-lf-...); null: it is pushed. */
            public_key?: string | null;
            /** @description Name of the secret that holds its secret key (sk-lf-...): one of this project's, or of BenchmarkSecret; null: it is pushed. */
            secret?: string | null;
            /**
             * @description How often the newest is read.
             * @default 300
             */
            interval_seconds?: number;
            /**
             * @description What is read again each time, because observations come late, and change: the longest that takes.
             * @default 7200
             */
            overlap_seconds?: number;
            /**
             * @description How far into the past it is read, counted from its first sync.
             * @default 30
             */
            backfill_days?: number;
            /**
             * @description Observations of a request. Langfuse gives 1000 at most.
             * @default 1000
             */
            page_size?: number;
            /**
             * @description Requests that the server allows in a minute; fewer are sent. null: no limit, as of a server of one's own.
             * @default 30
             */
            requests_per_minute?: number | null;
            /** @description Most requests of a day (UTC); null: no limit. */
            requests_per_day?: number | null;
            /**
             * @description Nothing is read unless somebody asks for it; nothing that is sent is taken.
             * @default false
             */
            paused?: boolean;
            /**
             * @description Scores are read, too: at least one request more in each pass.
             * @default true
             */
            scores?: boolean;
            /** @description What is kept of inputs and outputs from now on; null: they are not asked for. */
            bodies?: {
                /** @description Bytes of each, longer ones are cut; absent: 10000. */
                max_bytes?: number;
                /** @description Regular expressions (PCRE2): what they find is stored as ***. */
                redact?: string[];
            } | null;
            /** @description What its deployment calls things. What was there before is read anew by them. */
            words?: {
                /** @description What is told of sessions, by name, and where the metadata of their traces have it; 20 at most. */
                labels?: {
                    [key: string]: string;
                };
                /** @description How far a session is, by tags of its traces. */
                stage?: {
                    /** @description What it is called in sessions: max_chapter. */
                    name: string;
                    /** @description A tag that begins so, with up to four digits behind it, is a stage: chapter_. */
                    tag_prefix: string;
                };
                /** @description When a session is complete; absent: none ever is. */
                complete?: {
                    /** @description It has reached this stage. */
                    stage?: number;
                    /** @description Or it has such an observation. */
                    observation?: {
                        /** @description Its type: AGENT. */
                        type?: string;
                        /** @description Its name. */
                        name?: string;
                    };
                };
                /** @description Of agents: the first that fits counts. */
                categories?: {
                    /** @description Regular expression (PCRE2), found anywhere in an agent's name. */
                    pattern: string;
                    /** @description What such agents are. */
                    category: string;
                }[];
            } | null;
            /** @description Project that it belongs to: given when it is made, else the first that the client sees; never changed. */
            project_id?: number;
        };
        TraceSourceChange: {
            /** @description Number of the source. */
            id?: number;
            /** @description Name for people; no other source of its project has it. */
            name?: string;
            /** @description What it is. */
            description?: string | null;
            /**
             * @description langfuse: a server that is mirrored; pushed: traces are sent to it (POST /otlp/v1/traces, POST /ingestion).
             * @enum {string}
             */
            kind?: "langfuse" | "pushed";
            /** @description Address of the Langfuse server, without /api/public: https://cloud.langfuse.com; null: it is pushed. */
            url?: string | null;
            /** @description Public key of the Langfuse project (pk-lf-...); null: it is pushed. */
            public_key?: string | null;
            /** @description Name of the secret that holds its secret key (sk-lf-...): one of this project's, or of BenchmarkSecret; null: it is pushed. */
            secret?: string | null;
            /** @description How often the newest is read. */
            interval_seconds?: number;
            /** @description What is read again each time, because observations come late, and change: the longest that takes. */
            overlap_seconds?: number;
            /** @description How far into the past it is read, counted from its first sync. */
            backfill_days?: number;
            /** @description Observations of a request. Langfuse gives 1000 at most. */
            page_size?: number;
            /** @description Requests that the server allows in a minute; fewer are sent. null: no limit, as of a server of one's own. */
            requests_per_minute?: number | null;
            /** @description Most requests of a day (UTC); null: no limit. */
            requests_per_day?: number | null;
            /** @description Nothing is read unless somebody asks for it; nothing that is sent is taken. */
            paused?: boolean;
            /**
             * Format: date-time
             * @description When something was last sent to it.
             */
            pushed_at?: string | null;
            /** @description Observations and traces that were sent to it, repeated ones too; null: it is not pushed. */
            pushed?: number | null;
            /** @description What was sent and could not be stored. */
            pushed_refused?: number | null;
            /** @description Scores are read, too: at least one request more in each pass. */
            scores?: boolean;
            /** @description What is kept of inputs and outputs from now on; null: they are not asked for. */
            bodies?: {
                /** @description Bytes of each, longer ones are cut; absent: 10000. */
                max_bytes?: number;
                /** @description Regular expressions (PCRE2): what they find is stored as ***. */
                redact?: string[];
            } | null;
            /** @description What its deployment calls things. What was there before is read anew by them. */
            words?: {
                /** @description What is told of sessions, by name, and where the metadata of their traces have it; 20 at most. */
                labels?: {
                    [key: string]: string;
                };
                /** @description How far a session is, by tags of its traces. */
                stage?: {
                    /** @description What it is called in sessions: max_chapter. */
                    name: string;
                    /** @description A tag that begins so, with up to four digits behind it, is a stage: chapter_. */
                    tag_prefix: string;
                };
                /** @description When a session is complete; absent: none ever is. */
                complete?: {
                    /** @description It has reached this stage. */
                    stage?: number;
                    /** @description Or it has such an observation. */
                    observation?: {
                        /** @description Its type: AGENT. */
                        type?: string;
                        /** @description Its name. */
                        name?: string;
                    };
                };
                /** @description Of agents: the first that fits counts. */
                categories?: {
                    /** @description Regular expression (PCRE2), found anywhere in an agent's name. */
                    pattern: string;
                    /** @description What such agents are. */
                    category: string;
                }[];
            } | null;
            /** @description Project that it belongs to: given when it is made, else the first that the client sees; never changed. */
            project_id?: number;
            /** @description User who made it; null: anonymous. */
            created_by?: string | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at?: string;
            /**
             * Format: date-time
             * @description When it was last changed.
             */
            updated_at?: string;
        };
        OtlpTraces: {
            /** @description As opentelemetry-proto has it: resource, scopeSpans with scope and spans. */
            resourceSpans?: unknown[];
        };
        IngestionBatch: {
            /** @description Events. */
            batch: {
                /** @description Of the event: one that comes again changes nothing. */
                id: string;
                /** @description trace-create, span-create, span-update, generation-create ... */
                type: string;
                /**
                 * Format: date-time
                 * @description When it happened: of two that contradict each other the later counts.
                 */
                timestamp: string;
                /** @description What it says of the trace or observation `id`. */
                body: {
                    [key: string]: unknown;
                };
            }[];
            /** @description What an SDK says of itself; not kept. */
            metadata?: unknown;
        };
        TraceErasure: {
            /** @description User, as sources have him. */
            user_id: string;
            /** @description From this source alone; absent: from all. */
            source_id?: number;
        };
        TrainingPlanInput: {
            /** @description Scenario whose requests are sent; its automation is the target. */
            scenario_id: number;
            /** @description Name; absent: that of the scenario. */
            name?: string;
            /**
             * @description ladder: harder after success, easier after failure; search: bisects the rate; ability: estimates it with the fewest problems.
             * @default ladder
             * @enum {string}
             */
            policy?: "ladder" | "search" | "ability";
            /** @description Types of problems, in turn; absent: what the policy takes. */
            types?: ("load_balancing" | "resource_allocation" | "fault_tolerance" | "data_processing" | "concurrent_requests" | "network_latency" | "memory_optimization" | "cache_efficiency")[];
            /**
             * @description ladder: where it begins.
             * @default easy
             * @enum {string}
             */
            difficulty?: "easy" | "medium" | "hard" | "extreme";
            /**
             * @description The same seed, the same problems as long as answers are alike.
             * @default 1
             */
            seed?: number;
            /**
             * @description Problems last this part of their usual time.
             * @default 1
             */
            duration_scale?: number;
            /**
             * @description Share of the requests whose rows are kept, drawn by seed; figures count all of them.
             * @default 0.01
             */
            keep_rows?: number;
            /**
             * @description What ends the session whatever the policy wants.
             * @default {}
             */
            budget?: {
                /**
                 * @description From the start of the session.
                 * @default 3600
                 */
                seconds?: number;
                /**
                 * @description Requests of all its problems.
                 * @default 1000000
                 */
                requests?: number;
                /**
                 * @description Problems.
                 * @default 1000
                 */
                problems?: number;
                /** @description Prompt and completion tokens, as far as answers tell them. */
                tokens?: number;
                /** @description In the currency of the prices; there must be a price. */
                cost?: number;
            };
            /**
             * @description Of the policy (docs/training.md).
             * @default {}
             */
            settings?: {
                [key: string]: unknown;
            };
            /**
             * @description Outcomes that every problem must show, instead of what its difficulty asks for.
             * @default {}
             */
            expected?: {
                [key: string]: unknown;
            };
        };
        HiveStart: {
            /** @description Absent: that of the last session, else the only one whose automation has a confirmed_rate. */
            scenario_id?: number;
            /**
             * @description As for a session.
             * @enum {string}
             */
            policy?: "ladder" | "search" | "ability";
            /** @description As for a session. */
            types?: ("load_balancing" | "resource_allocation" | "fault_tolerance" | "data_processing" | "concurrent_requests" | "network_latency" | "memory_optimization" | "cache_efficiency")[];
            /**
             * @description As for a session.
             * @enum {string}
             */
            difficulty?: "easy" | "medium" | "hard" | "extreme";
            /** @description As for a session. */
            seed?: number;
            /** @description As for a session. */
            duration_scale?: number;
            /** @description As for a session. */
            budget?: {
                [key: string]: unknown;
            };
        };
        ProblemRequest: {
            /**
             * @description Absent: drawn by the seed.
             * @enum {string}
             */
            scenario_type?: "load_balancing" | "resource_allocation" | "fault_tolerance" | "data_processing" | "concurrent_requests" | "network_latency" | "memory_optimization" | "cache_efficiency";
            /**
             * @description How hard.
             * @default easy
             * @enum {string}
             */
            difficulty?: "easy" | "medium" | "hard" | "extreme";
            /** @description The same seed, the same problem; absent: any. */
            seed?: number;
            /** @description What it is called. */
            name?: string;
            /** @description Composed by hand: what is not given is drawn. */
            parameters?: {
                [key: string]: unknown;
            };
            /** @description Likewise. */
            perturbations?: {
                [key: string]: unknown;
            };
            /** @description Likewise. */
            expected?: {
                [key: string]: unknown;
            };
        };
        ProblemExecution: {
            /** @description Whose requests are sent; absent: as for POST /training/start. */
            scenario_id?: number;
        };
        LoadTestPlanInput: {
            /** @description Scenario whose requests are sent. */
            scenario_id: number;
            /** @description Name; absent: that of the scenario. */
            name?: string;
            /** @description How load is made. */
            load_model: {
                /**
                 * @description Says which of the other members there are.
                 * @enum {string}
                 */
                type: "closed" | "constant" | "poisson" | "gamma" | "semi_open" | "ramp" | "sweep" | "capacity";
                /** @description closed: requests under way. */
                concurrency?: number;
                /**
                 * @description closed, semi_open: pause before the next send.
                 * @default 0
                 */
                think_time_ms?: number;
                /** @description constant, poisson, gamma: requests per second; semi_open: sessions. */
                rate?: number;
                /** @description gamma: below 1 bursty, 1 Poisson, above 1 smooth. */
                shape?: number;
                /** @description semi_open: requests of a session. */
                turns?: number;
                /** @description ramp: all with rate or all with concurrency; linear from the stage before. */
                stages?: {
                    /** @description How long the change takes. */
                    duration_seconds: number;
                    /** @description Requests per second at its end. */
                    rate?: number;
                    /** @description Requests under way at its end. */
                    concurrency?: number;
                }[];
                /**
                 * @description ramp: where the first stage begins.
                 * @default 0
                 */
                start?: number;
                /**
                 * @description sweep: what is changed.
                 * @enum {string}
                 */
                of?: "rate" | "concurrency";
                /** @description sweep: one step for each; or from, to and steps. */
                values?: number[];
                /** @description sweep: the first value. */
                from?: number;
                /** @description sweep: the last value. */
                to?: number;
                /** @description sweep: how many values. */
                steps?: number;
                /**
                 * @description sweep: with from, to and steps.
                 * @default linear
                 * @enum {string}
                 */
                scale?: "linear" | "geometric";
                /** @description sweep, capacity: window of each step. */
                step_seconds?: number;
                /** @description capacity: the first rate tried. */
                start_rate?: number;
                /** @description capacity: no higher rate is tried. */
                max_rate?: number;
                /**
                 * @description capacity: how near the answer must be, as a part of it.
                 * @default 0.1
                 */
                precision?: number;
                /**
                 * @description ramp, sweep, capacity, of a rate: how requests arrive.
                 * @default poisson
                 * @enum {string}
                 */
                arrivals?: "poisson" | "constant";
            };
            /** @description The measuring window. This or requests; neither for ramp, sweep and capacity. */
            duration_seconds?: number;
            /** @description The measuring window as a number of requests. */
            requests?: number;
            /**
             * @description Load before the window (of a sweep: before each step).
             * @default 0
             */
            warmup_seconds?: number;
            /**
             * @description The same seed, the same schedule.
             * @default 1
             */
            seed?: number;
            /**
             * @description What is good enough.
             * @default []
             */
            slos?: {
                /**
                 * @description Figure that it is about.
                 * @enum {string}
                 */
                metric: "ttft_ms" | "ttft_service_ms" | "e2e_ms" | "e2e_service_ms" | "ttfo_ms" | "ttst_ms" | "icl_ms" | "itl_ms" | "tpot_ms" | "total_ms" | "ttfb_ms" | "ntpot_ms";
                /**
                 * @description Quantile that must be at most max.
                 * @default 0.95
                 */
                quantile?: number;
                /** @description Milliseconds; a request that meets every max is good. */
                max: number;
            }[];
            /** @description Ceiling of requests under way (default 2000, or the concurrency if that is more). */
            max_in_flight?: number;
            /** @description What is asked; absent: the scenario's inputs. */
            dataset?: {
                /** @description Inputs laid over those of the scenario, one object for each request in turn. */
                inline?: {
                    [key: string]: unknown;
                }[];
                /** @description Dataset whose entries are laid over them, likewise. */
                dataset_id?: number;
                /** @description Prompts of given lengths, made when they are asked. */
                generate?: {
                    /** @description Different entries; a load test of more requests begins again. */
                    count: number;
                    /** @description Length of prompts. */
                    input_tokens: {
                        /**
                         * @description Says which of the other members there are.
                         * @enum {string}
                         */
                        dist: "fixed" | "uniform" | "normal";
                        /** @description fixed: tokens of each. */
                        value?: number;
                        /**
                         * @description uniform, normal: no fewer (normal: default 1).
                         * @default 1
                         */
                        min?: number;
                        /**
                         * @description uniform, normal: no more (normal: default 200000).
                         * @default 200000
                         */
                        max?: number;
                        /** @description normal: mean, before what lies outside is put to min or max. */
                        mean?: number;
                        /** @description normal: standard deviation, likewise. */
                        stddev?: number;
                    };
                    /** @description max_tokens of each entry; absent: that of the scenario, if it has one. */
                    output_tokens?: {
                        /**
                         * @description Says which of the other members there are.
                         * @enum {string}
                         */
                        dist: "fixed" | "uniform" | "normal";
                        /** @description fixed: tokens of each. */
                        value?: number;
                        /**
                         * @description uniform, normal: no fewer (normal: default 1).
                         * @default 1
                         */
                        min?: number;
                        /**
                         * @description uniform, normal: no more (normal: default 200000).
                         * @default 200000
                         */
                        max?: number;
                        /** @description normal: mean, before what lies outside is put to min or max. */
                        mean?: number;
                        /** @description normal: standard deviation, likewise. */
                        stddev?: number;
                    };
                    /** @description Prompts begin with one of a few texts, as with system prompts. */
                    shared_prefixes?: {
                        /** @description How many different prefixes there are. */
                        count: number;
                        /** @description Tokens of each; they come before those of input_tokens. */
                        tokens: number;
                        /**
                         * @description The k-th prefix is asked with a probability proportional to 1/k^zipf; 0: all alike.
                         * @default 1
                         */
                        zipf?: number;
                    };
                    /**
                     * @description The same seed, the same prompts.
                     * @default 1
                     */
                    seed?: number;
                    /**
                     * @description Where the numbers of tokens come from: words that are one token in common tokenizers were counted.
                     * @default estimated
                     * @enum {string}
                     */
                    provenance?: "estimated";
                };
                /**
                 * @description random, zipf: drawn by seed, all alike or the first ones more often.
                 * @default sequential
                 * @enum {string}
                 */
                order?: "sequential" | "random" | "zipf";
                /**
                 * @description order zipf: the k-th entry, from 1, is asked with a probability proportional to 1/k^zipf (default 1).
                 * @default 1
                 */
                zipf?: number;
            };
            /**
             * @description Replay the load against the reference target, too.
             * @default true
             */
            certificate?: boolean;
            /**
             * @description How long answers are awaited after the last send.
             * @default 60
             */
            drain_seconds?: number;
            /** @description Failures that are tried again; absent: none. Each attempt is a request of its own, the last one counts. */
            retry?: {
                /** @description Attempts in all, the first included. */
                max_attempts: number;
                /**
                 * @description Failures that are tried again, where the provider's calls may be repeated.
                 * @default [
                 *       "connection",
                 *       "rate_limited",
                 *       "overloaded"
                 *     ]
                 */
                on?: ("connection" | "rate_limited" | "overloaded" | "server_error" | "timeout" | "stream")[];
                /**
                 * @description The wait before the second attempt is drawn from 0 to this, the span then doubles (full jitter).
                 * @default 1000
                 */
                base_ms?: number;
                /**
                 * @description Largest span.
                 * @default 60000
                 */
                max_ms?: number;
            };
            /**
             * @description obey: the target's rate_limit and circuit_breaker, and waits that it asks for, hold requests back.
             * @default obey
             * @enum {string}
             */
            target_limits?: "obey" | "ignore";
            /** @description Spend cap in the currency of the prices: nothing more is sent that, with all that is under way, may exceed it. */
            max_cost?: number;
            /** @description Most sends, attempts after the first and copies included: then the load test ends. */
            max_requests?: number;
            /** @description Most tokens of prompts and answers: nothing more is sent that, with all that is under way, may exceed it. */
            max_total_tokens?: number;
            /** @description Time-out of each request; absent: the scenario's. */
            timeout_ms?: number;
            /** @description What we do to requests on our side of the connection, drawn by seed; absent: nothing. */
            faults?: {
                /**
                 * @description Each send is put off by so much, as by a long way.
                 * @default 0
                 */
                delay_ms?: number;
                /**
                 * @description Standard deviation of that delay; what is drawn below 0 is 0.
                 * @default 0
                 */
                jitter_ms?: number;
                /**
                 * @description Probability that a send is lost: it goes 200 ms later, doubling while it is lost again, six times at most.
                 * @default 0
                 */
                loss_rate?: number;
                /**
                 * @description Share of attempts that go to a port where nobody listens: injected_dead.
                 * @default 0
                 */
                dead_rate?: number;
                /**
                 * @description Share of attempts whose connection we close: injected_abort. With dead_rate and timeout_rate at most 1.
                 * @default 0
                 */
                abort_rate?: number;
                /**
                 * @description How long after the send.
                 * @default 0
                 */
                abort_after_ms?: number;
                /**
                 * @description Share of attempts that get no more than timeout_ms: injected_timeout.
                 * @default 0
                 */
                timeout_rate?: number;
                /** @description Their time-out; needed if timeout_rate is not 0. */
                timeout_ms?: number;
            };
            /** @description More sends of the same request while it has no answer; the first that completes counts. Not with max_cost or max_total_tokens. */
            hedge?: {
                /**
                 * @description How many more sends of a request there may be.
                 * @default 1
                 */
                copies?: number;
                /** @description Each so long after the one before. */
                after_ms: number;
            };
            /** @description Endpoints that requests are spread over, instead of the connection's url. */
            endpoints?: {
                /** @description Each as the connection's url, without placeholders. */
                urls: string[];
                /**
                 * @description hash: by session, else by entry of the dataset.
                 * @default round_robin
                 * @enum {string}
                 */
                strategy?: "round_robin" | "least_connections" | "hash";
            };
            /** @description Classes of requests that share a fixed budget of requests under way. */
            classes?: {
                /** @description Requests under way, of all classes together. */
                budget: number;
                /**
                 * @description Whose turn it is when a place is free. fair: the class with the fewest under way; priority: the highest; dynamic: the longest wait times priority plus 1.
                 * @default fair
                 * @enum {string}
                 */
                policy?: "fair" | "priority" | "dynamic";
                /** @description The classes. */
                list: {
                    /** @description Name; each class has another. */
                    name: string;
                    /** @description Its share of the requests, drawn by seed; all add up to 1. */
                    share: number;
                    /**
                     * @description priority, dynamic: the higher goes first.
                     * @default 0
                     */
                    priority?: number;
                    /**
                     * @description Laid over the scenario's inputs and the dataset's entry.
                     * @default {}
                     */
                    inputs?: {
                        [key: string]: unknown;
                    };
                }[];
            };
            /**
             * @description Share of the requests whose rows are kept, drawn by seed; figures count all of them.
             * @default 1
             */
            keep_rows?: number;
            /**
             * @description Added to those of the scenario.
             * @default []
             */
            labels?: string[];
            /** @description Only engines of this location perform it; null: any; absent: run_settings.location of the scenario. */
            location?: string | null;
            /** @description One load test for each of these locations, answered together, with a label in common. */
            locations?: string[];
        };
        LoadTestPatch: {
            /** @description Name. */
            name?: string;
        };
        LoadTestStop: {
            /**
             * @description drain: no new sends, answers are awaited; cancel: all ends now.
             * @default drain
             * @enum {string}
             */
            mode?: "drain" | "cancel";
        };
        DatasetUpload: {
            /** @description Name for people. */
            name: string;
            /**
             * @description jsonl: one JSON object in each line; csv: RFC 4180, the first line has the names.
             * @enum {string}
             */
            format: "jsonl" | "csv";
            /** @description The file. */
            content: string;
            /** @description Project that it belongs to: given when it is made, else the first that the client sees; never changed. */
            project_id?: number;
        };
        DatasetPatch: {
            /** @description Name for people. */
            name?: string;
        };
        DefinitionsInput: {
            /**
             * @description What this document is.
             * @enum {string}
             */
            format: "mod_benchmark.definitions.v1";
            /** @description As in POST /automations, known by name. */
            automations?: unknown[];
            /** @description As in POST /scenarios, with the automation's name as `automation` instead of automation_id; known by both names. */
            scenarios?: unknown[];
            /** @description As in POST /prices, known by model, provider and valid_from. */
            prices?: unknown[];
            /** @description name, format (default jsonl) and items, the entries; large ones have sha256 instead. Known by name, never changed. */
            datasets?: unknown[];
            /** @description As in POST /views, known by name and page. */
            views?: unknown[];
        };
        DiscoveryRequest: {
            /** @description Ask the target of this automation, as it is saved. */
            automation_id?: number | null;
            /** @description Or this one: members as in an automation; without provider those that all have, such as url, secret, headers. */
            connection?: {
                [key: string]: unknown;
            } | null;
            /**
             * @description What the connection is for; absent: found out.
             * @enum {string|null}
             */
            provider?: "openai" | "anthropic" | "tinyfish" | "http" | null;
        };
        CalibrationRequest: {
            /** @description Streams in all. */
            streams: number;
            /** @description Streams at one time. */
            concurrency: number;
            /**
             * @description Tokens of each stream.
             * @default 64
             */
            tokens?: number;
            /**
             * @description Gap between tokens.
             * @default 20
             */
            gap_ms?: number;
            /**
             * @description Over TLS.
             * @default false
             */
            tls?: boolean;
        };
        PriceInput: {
            /**
             * @description Kind of target.
             * @enum {string}
             */
            provider: "openai" | "anthropic" | "tinyfish" | "http" | "mock";
            /** @description Name of the model; with a * behind it, the beginning of names. The exact name wins, then the longest beginning. */
            model: string;
            /** @description Price of a million prompt tokens. */
            input_per_million: number;
            /** @description Of those that came from a cache; null: as the others. */
            cached_input_per_million?: number | null;
            /** @description Price of a million output tokens, reasoning included. */
            output_per_million: number;
            /**
             * @description ISO 4217 code.
             * @default USD
             */
            currency?: string;
            /**
             * Format: date-time
             * @description Holds for calls that end from then on; null: always did.
             */
            valid_from?: string | null;
            /**
             * Format: date-time
             * @description Holds until then, exclusive; null: open.
             */
            valid_to?: string | null;
        };
        PriceChange: {
            /** @description Number of the price. */
            id?: number;
            /**
             * @description Kind of target.
             * @enum {string}
             */
            provider?: "openai" | "anthropic" | "tinyfish" | "http" | "mock";
            /** @description Name of the model; with a * behind it, the beginning of names. The exact name wins, then the longest beginning. */
            model?: string;
            /** @description Price of a million prompt tokens. */
            input_per_million?: number;
            /** @description Of those that came from a cache; null: as the others. */
            cached_input_per_million?: number | null;
            /** @description Price of a million output tokens, reasoning included. */
            output_per_million?: number;
            /** @description ISO 4217 code. */
            currency?: string;
            /**
             * Format: date-time
             * @description Holds for calls that end from then on; null: always did.
             */
            valid_from?: string | null;
            /**
             * Format: date-time
             * @description Holds until then, exclusive; null: open.
             */
            valid_to?: string | null;
            /** @description User who made it; null: anonymous. */
            created_by?: string | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at?: string;
            /**
             * Format: date-time
             * @description When it was last changed.
             */
            updated_at?: string;
        };
        ProjectInput: {
            /** @description Name for people; no other project has it. */
            name: string;
            /** @description What it is for. */
            description?: string | null;
        };
        ProjectChange: {
            /** @description Number of the project; 1 is the one that every installation has. */
            id?: number;
            /** @description Name for people; no other project has it. */
            name?: string;
            /** @description What it is for. */
            description?: string | null;
            /** @description User who made it; null: anonymous. */
            created_by?: string | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at?: string;
            /**
             * Format: date-time
             * @description When it was last changed.
             */
            updated_at?: string;
        };
        ViewInput: {
            /** @description Name for people; no other view of its page has it. */
            name: string;
            /**
             * @description List of the dashboard that it is a view of.
             * @enum {string}
             */
            page: "overview" | "runs" | "kpis" | "loadtests" | "automations" | "scenarios" | "datasets";
            /**
             * @description What is filtered, as in the address of the page: status=failed&from=now-24h. Empty: nothing.
             * @default
             */
            query?: string;
            /** @description Project that it belongs to: given when it is made, else the first that the client sees; never changed. */
            project_id?: number;
        };
        ViewChange: {
            /** @description Number of the view. */
            id?: number;
            /** @description Name for people; no other view of its page has it. */
            name?: string;
            /**
             * @description List of the dashboard that it is a view of.
             * @enum {string}
             */
            page?: "overview" | "runs" | "kpis" | "loadtests" | "automations" | "scenarios" | "datasets";
            /** @description What is filtered, as in the address of the page: status=failed&from=now-24h. Empty: nothing. */
            query?: string;
            /** @description Project that it belongs to: given when it is made, else the first that the client sees; never changed. */
            project_id?: number;
            /** @description User who made it; null: anonymous. */
            created_by?: string | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at?: string;
            /**
             * Format: date-time
             * @description When it was last changed.
             */
            updated_at?: string;
        };
        SecretInput: {
            /** @description What connection.secret and {{secret.NAME}} say. Fixed: the encryption is bound to it. */
            name: string;
            /** @description What it is for. */
            description?: string | null;
            /** @description Project that it belongs to: given when it is made, else the first that the client sees; never changed. */
            project_id?: number;
            /** @description The value; no answer ever has it. */
            value: string;
        };
        SecretChange: {
            /** @description What it is for. */
            description?: string | null;
            /** @description The value; no answer ever has it. */
            value?: string;
        };
        GateRuns: {
            /**
             * @description How many runs.
             * @default 20
             */
            count?: number;
            /** @description Inputs laid over those of automation and scenario. */
            inputs_override?: {
                [key: string]: unknown;
            } | null;
            /**
             * @description Higher goes first.
             * @default 0
             */
            priority?: number;
            /** @description Added to those of the scenario. */
            labels?: string[];
        };
        MeBody: {
            /** @description He may sign in with it, too. */
            email?: string | null;
            /** @description For people to read. */
            full_name?: string | null;
            /** @description A new password. Ends all other sessions. */
            password?: string;
            /** @description The present one: needed for a new one. */
            current_password?: string;
        };
        AuthLogin: {
            /** @description Name or address. */
            email: string;
            /** @description Password. */
            password: string;
            /**
             * @description true: set a cookie that scripts cannot read, and give no tokens.
             * @default false
             */
            cookie?: boolean;
        };
        AuthRefresh: {
            /** @description What login or the last refresh gave; it is used up. None: the access token of this request gets a successor, as long as it is valid. */
            refresh_token?: string;
        };
        AuthLogout: {
            /**
             * @description true: all sessions of this user.
             * @default false
             */
            everywhere?: boolean;
        };
        UserInput: {
            /** @description What he signs in with and what is written beside what he does. No colon, no control character. */
            name: string;
            /** @description He may sign in with it, too. */
            email?: string | null;
            /** @description For people to read. */
            full_name?: string | null;
            /**
             * @description What he may do.
             * @default viewer
             * @enum {string}
             */
            role?: "none" | "viewer" | "operator" | "admin";
            /**
             * @description Projects that he sees, by number; what he makes goes into the first. null: all.
             * @default null
             */
            projects?: number[] | null;
            /**
             * @description Whether he is kept out; his sessions end when it becomes true.
             * @default false
             */
            disabled?: boolean;
            /** @description A new password: taken byte by byte as it is, and never shown. null: none, so he cannot sign in here. */
            password?: string | null;
        };
        UserChange: {
            /** @description Number of the user. */
            id?: number;
            /** @description What he signs in with and what is written beside what he does. No colon, no control character. */
            name?: string;
            /** @description He may sign in with it, too. */
            email?: string | null;
            /** @description For people to read. */
            full_name?: string | null;
            /**
             * @description What he may do.
             * @enum {string}
             */
            role?: "none" | "viewer" | "operator" | "admin";
            /** @description Projects that he sees, by number; what he makes goes into the first. null: all. */
            projects?: number[] | null;
            /** @description Whether he is kept out; his sessions end when it becomes true. */
            disabled?: boolean;
            /** @description A new password: taken byte by byte as it is, and never shown. null: none, so he cannot sign in here. */
            password?: string | null;
            /** @description Whether he can sign in with a password of ours. */
            has_password?: boolean;
            /**
             * Format: date-time
             * @description Until when a link holds by which he can set his password; null: there is none.
             */
            password_link_until?: string | null;
            /**
             * Format: date-time
             * @description When he last signed in.
             */
            login_at?: string | null;
            /**
             * Format: date-time
             * @description When his password was last changed.
             */
            password_at?: string | null;
            /** @description User who made him; null: the command. */
            created_by?: string | null;
            /**
             * Format: date-time
             * @description When he was made.
             */
            created_at?: string;
            /**
             * Format: date-time
             * @description When he was last changed.
             */
            updated_at?: string;
        };
        PasswordLinkOrder: {
            /**
             * @description How long the link holds.
             * @default 24
             */
            hours?: number;
        };
        PasswordLinkUse: {
            /** @description Of the link. */
            token: string;
            /** @description The new password: taken byte by byte as it is. Ends all sessions of the user. */
            password: string;
        };
        ApiKeyInput: {
            /** @description What it is for. */
            name: string;
            /**
             * @description What it gives at most.
             * @default viewer
             * @enum {string}
             */
            role?: "viewer" | "operator" | "admin";
            /** @description What it may be used for; null: everything. */
            scopes?: ("read" | "run" | "write" | "admin" | "push")[] | null;
            /**
             * @description Projects that it sees, of those that its owner sees; null: all of these.
             * @default null
             */
            projects?: number[] | null;
            /**
             * Format: date-time
             * @description Until when; null: until it is deleted.
             */
            expires_at?: string | null;
        };
        RunSettings: {
            /** @description Attempts in all, whatever failed. */
            max_attempts?: number;
            /** @description What is tried again, and when. */
            retry?: {
                /** @description Attempts in all, the first included. */
                max_attempts: number;
                /**
                 * @description Failures that are tried again, where the provider's calls may be repeated.
                 * @default [
                 *       "connection",
                 *       "rate_limited",
                 *       "overloaded"
                 *     ]
                 */
                on?: ("connection" | "rate_limited" | "overloaded" | "server_error" | "timeout" | "stream")[];
                /**
                 * @description The wait before the second attempt is drawn from 0 to this, the span then doubles (full jitter).
                 * @default 1000
                 */
                base_ms?: number;
                /**
                 * @description Largest span.
                 * @default 60000
                 */
                max_ms?: number;
            } | null;
            /** @description Longest time a run may take. */
            timeout_seconds?: number;
            /** @description Only engines of this location perform it. */
            location?: string | null;
            /** @description What must hold of an answer (docs/assertions.md). */
            assertions?: {
                /** @description HTTP status that it must have, or a list of these. */
                status?: unknown;
                /** @description Text that it must have somewhere. */
                contains?: string;
                /** @description Pattern (PCRE2) that must be found in its text. */
                regex?: string;
                /** @description Place in the answer as JSON; exists, equals or type say what must be there. */
                json_pointer?: string;
                /** @description With json_pointer: whether there is something. */
                exists?: boolean;
                /** @description With json_pointer: the value that it must be. */
                equals?: unknown;
                /**
                 * @description With json_pointer: its JSON type.
                 * @enum {string}
                 */
                type?: "null" | "boolean" | "object" | "array" | "string" | "number" | "integer";
                /** @description Schema that the answer as JSON must keep. */
                json_schema?: unknown;
                /** @description It must be complete within so many milliseconds. */
                max_latency_ms?: number;
                /** @description Output tokens that it must have at least. */
                min_tokens?: number;
                /** @description Output tokens that it may have at most. */
                max_tokens?: number;
                /** @description Why the answer must have ended, or a list of reasons. */
                finish_reason?: unknown;
            }[];
            /** @description What its Apdex is counted by (docs/slos.md). */
            apdex?: {
                /**
                 * @description Figure that it is about.
                 * @enum {string}
                 */
                metric?: "e2e_ms" | "e2e_scheduled_ms" | "total_ms" | "ttft_ms" | "ttft_scheduled_ms" | "ttfo_ms" | "ttst_ms" | "tpot_ms" | "ttfb_ms" | "ntpot_ms";
                /** @description T: what is fast enough, in milliseconds. */
                t_ms: number;
            } | null;
        };
        Connection_tinyfish: {
            /** @description Base URL of the API; absent: https://agent.tinyfish.ai. */
            url?: string | null;
            /**
             * @description How the run is followed; absent: run-sse, the only one that shows progress.
             * @enum {string}
             */
            mode?: "run-sse" | "blocking" | "async";
            /** @description Task in natural language, a template over the inputs; absent: the input goal, else prompt. */
            goal?: string | null;
            /** @description Page to start from, a template whose values are percent-encoded; absent: the input url. */
            target_url?: string | null;
            /** @description Pause between two look-ups of a run; absent: 2. */
            poll_seconds?: number | null;
            /** @description More members of the request, such as browser_profile, proxy_config, agent_config, output_schema. */
            body?: {
                [key: string]: unknown;
            } | null;
            /** @description Name of the secret (BenchmarkSecret) that holds the API key; never the key itself. */
            secret?: string | null;
            /** @description Header that carries the key; Authorization carries it as a bearer token, any other as it is. */
            secret_header?: string | null;
            /** @description More request headers, name to value; values may hold {{placeholders}}, also {{secret.NAME}}. */
            headers?: {
                [key: string]: unknown;
            } | null;
            /** @description Longest time the whole call may take; run_settings.timeout_seconds replaces it. */
            timeout_seconds?: number | null;
            /** @description Longest time to be connected, TLS included. */
            connect_timeout_seconds?: number | null;
            /** @description Longest time from the request to the first byte of the answer's body. */
            first_token_timeout_seconds?: number | null;
            /** @description Longest silence inside the answer's body. */
            stall_timeout_seconds?: number | null;
            /** @description Page where the target shows its metrics in Prometheus' text format; load tests ask it once a second, without keys, for process_cpu_seconds_total and process_resident_memory_bytes. */
            metrics_url?: string | null;
            /** @description Open a new connection for every run, so that each one is cold. */
            fresh_connection?: boolean | null;
            /** @description Most requests per second that an engine sends to the target; absent: no limit. */
            rate_limit?: {
                /** @description Rate at which tokens come. */
                requests_per_second: number;
                /** @description Tokens that a full bucket holds; absent: 1. */
                burst?: number;
            } | null;
            /** @description Leave the target alone for a while after failures in a row; absent: never. */
            circuit_breaker?: {
                /** @description Failures in a row that open the circuit. */
                failures: number;
                /** @description How long nothing is sent then, before one request is tried; absent: 30. */
                open_seconds?: number;
            } | null;
        };
        Inputs_tinyfish: {
            /** @description Task, if connection.goal does not say it. */
            goal?: string;
            /** @description Page to start from, if connection.target_url does not say it. */
            url?: string;
            /** @description Sent as it is, as are browser_profile, proxy_config, capture_config, output_schema, use_vault, credential_item_ids, webhook_url, api_integration and what begins with x_; all others are for placeholders only. */
            agent_config?: {
                [key: string]: unknown;
            };
        };
        Connection_openai: {
            /** @description Base URL, with or without /v1, or the whole endpoint; a path without a version gets /v1. */
            url: string;
            /** @description Model to ask for; inputs.model replaces it. Absent: none is named; a target that refuses that is asked for its list of models (GET /v1/models), and if it has only one, for that. */
            model?: string | null;
            /**
             * @description Which endpoint; absent: chat.
             * @enum {string}
             */
            api?: "chat" | "embeddings";
            /** @description Ask for a stream (chat only); absent: true. */
            stream?: boolean | null;
            /** @description Ask for the usage record at the end of the stream; absent: true. False for servers that refuse stream_options. */
            include_usage?: boolean | null;
            /** @description More members of the request body, such as a server's extensions. */
            body?: {
                [key: string]: unknown;
            } | null;
            /** @description Name of the secret (BenchmarkSecret) that holds the API key; never the key itself. */
            secret?: string | null;
            /** @description Header that carries the key; Authorization carries it as a bearer token, any other as it is. */
            secret_header?: string | null;
            /** @description More request headers, name to value; values may hold {{placeholders}}, also {{secret.NAME}}. */
            headers?: {
                [key: string]: unknown;
            } | null;
            /** @description Longest time the whole call may take; run_settings.timeout_seconds replaces it. */
            timeout_seconds?: number | null;
            /** @description Longest time to be connected, TLS included. */
            connect_timeout_seconds?: number | null;
            /** @description Longest time from the request to the first byte of the answer's body. */
            first_token_timeout_seconds?: number | null;
            /** @description Longest silence inside the answer's body. */
            stall_timeout_seconds?: number | null;
            /** @description Page where the target shows its metrics in Prometheus' text format; load tests ask it once a second, without keys, for process_cpu_seconds_total and process_resident_memory_bytes. */
            metrics_url?: string | null;
            /** @description Open a new connection for every run, so that each one is cold. */
            fresh_connection?: boolean | null;
            /** @description Most requests per second that an engine sends to the target; absent: no limit. */
            rate_limit?: {
                /** @description Rate at which tokens come. */
                requests_per_second: number;
                /** @description Tokens that a full bucket holds; absent: 1. */
                burst?: number;
            } | null;
            /** @description Leave the target alone for a while after failures in a row; absent: never. */
            circuit_breaker?: {
                /** @description Failures in a row that open the circuit. */
                failures: number;
                /** @description How long nothing is sent then, before one request is tried; absent: 30. */
                open_seconds?: number;
            } | null;
        };
        Inputs_openai: {
            /** @description The user's message, unless messages is given. */
            prompt?: string;
            /** @description System message before the prompt. */
            system?: string;
            /** @description The whole conversation, as the API takes it. */
            messages?: unknown[];
            /** @description What to embed (embeddings): a string or an array of strings; absent: the prompt. */
            input?: unknown;
            /** @description Longest answer. Other members of the API (temperature, seed, stop, tools ...) are sent as they are, as are those that begin with x_; all others are for placeholders only. */
            max_tokens?: number;
        };
        Connection_anthropic: {
            /** @description Base URL, with or without /v1, or the whole endpoint; absent: https://api.anthropic.com. */
            url?: string | null;
            /** @description Model to ask for; inputs.model replaces it. */
            model?: string | null;
            /** @description Header anthropic-version; absent: 2023-06-01. */
            version?: string | null;
            /** @description Ask for a stream; absent: true. */
            stream?: boolean | null;
            /** @description More members of the request body. */
            body?: {
                [key: string]: unknown;
            } | null;
            /** @description Name of the secret (BenchmarkSecret) that holds the API key; never the key itself. */
            secret?: string | null;
            /** @description Header that carries the key; Authorization carries it as a bearer token, any other as it is. */
            secret_header?: string | null;
            /** @description More request headers, name to value; values may hold {{placeholders}}, also {{secret.NAME}}. */
            headers?: {
                [key: string]: unknown;
            } | null;
            /** @description Longest time the whole call may take; run_settings.timeout_seconds replaces it. */
            timeout_seconds?: number | null;
            /** @description Longest time to be connected, TLS included. */
            connect_timeout_seconds?: number | null;
            /** @description Longest time from the request to the first byte of the answer's body. */
            first_token_timeout_seconds?: number | null;
            /** @description Longest silence inside the answer's body. */
            stall_timeout_seconds?: number | null;
            /** @description Page where the target shows its metrics in Prometheus' text format; load tests ask it once a second, without keys, for process_cpu_seconds_total and process_resident_memory_bytes. */
            metrics_url?: string | null;
            /** @description Open a new connection for every run, so that each one is cold. */
            fresh_connection?: boolean | null;
            /** @description Most requests per second that an engine sends to the target; absent: no limit. */
            rate_limit?: {
                /** @description Rate at which tokens come. */
                requests_per_second: number;
                /** @description Tokens that a full bucket holds; absent: 1. */
                burst?: number;
            } | null;
            /** @description Leave the target alone for a while after failures in a row; absent: never. */
            circuit_breaker?: {
                /** @description Failures in a row that open the circuit. */
                failures: number;
                /** @description How long nothing is sent then, before one request is tried; absent: 30. */
                open_seconds?: number;
            } | null;
        };
        Inputs_anthropic: {
            /** @description The user's message, unless messages is given. */
            prompt?: string;
            /** @description System prompt. */
            system?: unknown;
            /** @description The whole conversation, as the API takes it. */
            messages?: unknown[];
            /** @description Longest answer; absent: 1024. Other members of the API (temperature, tools, thinking ...) are sent as they are, as are those that begin with x_; all others are for placeholders only. */
            max_tokens?: number;
        };
        Connection_http: {
            /** @description URL; values put in for {{placeholders}} are percent-encoded, unless the URL begins with one. */
            url: string;
            /** @description Request method; absent: GET, or POST if there is a body. */
            method?: string | null;
            /** @description Request body: JSON, or text. Text that is JSON is filled as JSON, so that no value can change its structure; as a form (Content-Type application/x-www-form-urlencoded) values are percent-encoded. Absent with POST, PUT or PATCH: the merged inputs as a JSON object. */
            body?: unknown;
            /** @description Statuses that are success: numbers, "2xx" or "200-204"; absent: 2xx. */
            expect_status?: unknown[] | null;
            /**
             * @description How the answer is cut into chunks: not at all (absent), server-sent events, lines, or reads from the network.
             * @enum {string}
             */
            stream?: "none" | "sse" | "lines" | "chunks";
            /** @description Name of the secret (BenchmarkSecret) that holds the API key; never the key itself. */
            secret?: string | null;
            /** @description Header that carries the key; Authorization carries it as a bearer token, any other as it is. */
            secret_header?: string | null;
            /** @description More request headers, name to value; values may hold {{placeholders}}, also {{secret.NAME}}. */
            headers?: {
                [key: string]: unknown;
            } | null;
            /** @description Longest time the whole call may take; run_settings.timeout_seconds replaces it. */
            timeout_seconds?: number | null;
            /** @description Longest time to be connected, TLS included. */
            connect_timeout_seconds?: number | null;
            /** @description Longest time from the request to the first byte of the answer's body. */
            first_token_timeout_seconds?: number | null;
            /** @description Longest silence inside the answer's body. */
            stall_timeout_seconds?: number | null;
            /** @description Page where the target shows its metrics in Prometheus' text format; load tests ask it once a second, without keys, for process_cpu_seconds_total and process_resident_memory_bytes. */
            metrics_url?: string | null;
            /** @description Open a new connection for every run, so that each one is cold. */
            fresh_connection?: boolean | null;
            /** @description Most requests per second that an engine sends to the target; absent: no limit. */
            rate_limit?: {
                /** @description Rate at which tokens come. */
                requests_per_second: number;
                /** @description Tokens that a full bucket holds; absent: 1. */
                burst?: number;
            } | null;
            /** @description Leave the target alone for a while after failures in a row; absent: never. */
            circuit_breaker?: {
                /** @description Failures in a row that open the circuit. */
                failures: number;
                /** @description How long nothing is sent then, before one request is tried; absent: 30. */
                open_seconds?: number;
            } | null;
        };
        Connection_mock: Record<string, never>;
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: {
        /** @description Limits that were counted against (BenchmarkRateLimit), such as "user";q=1200;w=60: so many requests in so many seconds. Absent where none holds. */
        "RateLimit-Policy": string;
        /** @description What is left of them, such as "user";r=1199;t=1: so many requests, and the seconds until all are there again. */
        RateLimit: string;
        /** @description Of 429 and 503: seconds after which it is worth another try. */
        "Retry-After": number;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listAutomations: {
        parameters: {
            query?: {
                /** @description Most elements of the answer (default 100). */
                limit?: number;
                /** @description Leave out this many first. Prefer after. */
                skip?: number;
                /** @description Go on behind the element of this id. */
                after?: number;
                /** @description true: X-Total-Count tells how many match (10000+: more than that). */
                total?: boolean;
                /** @description Those with these numbers, such as 3,7,10-12; at most 1000. */
                ids?: string;
                /** @description Part of name or description. */
                q?: string;
                /** @description A label that it has. */
                label?: string;
                /** @description Order (default id). */
                sort?: "id" | "name" | "created_at" | "updated_at";
                /** @description Direction (default asc). */
                order?: "asc" | "desc";
                /** @description Kind of target. */
                provider?: "openai" | "anthropic" | "tinyfish" | "http" | "mock";
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Automations, by id. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    /** @description rel="next": where the list goes on; absent at its end. */
                    Link?: string;
                    /** @description Elements in all, if asked for by `total`. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Automation"][];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createAutomation: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body happens once; the first answer comes again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Local model",
                 *       "provider": "openai",
                 *       "connection": {
                 *         "url": "http://127.0.0.1:8000/v1",
                 *         "model": "m"
                 *       },
                 *       "default_inputs": {
                 *         "max_tokens": 64
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["AutomationInput"];
            };
        };
        responses: {
            /** @description Make an automation. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Automation"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAutomation: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One automation. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Automation"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putAutomation: {
        parameters: {
            query?: never;
            header?: {
                /** @description 412 if the entity tag is another meanwhile. */
                "If-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Local model",
                 *       "provider": "openai",
                 *       "connection": {
                 *         "url": "http://127.0.0.1:8000/v1",
                 *         "model": "m"
                 *       },
                 *       "default_inputs": {
                 *         "max_tokens": 64
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["AutomationChange"];
            };
        };
        responses: {
            /** @description Change an automation; members that are not given stay as they are. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Automation"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteAutomation: {
        parameters: {
            query?: {
                /** @description true: delete its scenarios and their runs with it. */
                cascade?: boolean;
            };
            header?: {
                /** @description 412 if the entity tag is another meanwhile. */
                "If-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Delete an automation; 409 names the scenarios that still refer to it. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patchAutomation: {
        parameters: {
            query?: never;
            header?: {
                /** @description 412 if the entity tag is another meanwhile. */
                "If-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Local model",
                 *       "provider": "openai",
                 *       "connection": {
                 *         "url": "http://127.0.0.1:8000/v1",
                 *         "model": "m"
                 *       },
                 *       "default_inputs": {
                 *         "max_tokens": 64
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["AutomationChange"];
            };
        };
        responses: {
            /** @description Change an automation; members that are not given stay as they are. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Automation"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listScenarios: {
        parameters: {
            query?: {
                /** @description Most elements of the answer (default 100). */
                limit?: number;
                /** @description Leave out this many first. Prefer after. */
                skip?: number;
                /** @description Go on behind the element of this id. */
                after?: number;
                /** @description true: X-Total-Count tells how many match (10000+: more than that). */
                total?: boolean;
                /** @description Those with these numbers, such as 3,7,10-12; at most 1000. */
                ids?: string;
                /** @description Part of name or description. */
                q?: string;
                /** @description A label that it has. */
                label?: string;
                /** @description Order (default id). */
                sort?: "id" | "name" | "created_at" | "updated_at";
                /** @description Direction (default asc). */
                order?: "asc" | "desc";
                /** @description Automation that it is asked of. */
                automation_id?: number;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Scenarios, by id. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    /** @description rel="next": where the list goes on; absent at its end. */
                    Link?: string;
                    /** @description Elements in all, if asked for by `total`. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Scenario"][];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createScenario: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body happens once; the first answer comes again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Short answer",
                 *       "automation_id": 1,
                 *       "inputs_template": {
                 *         "prompt": "Say hello to {{who}}.",
                 *         "who": "Ada"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["ScenarioInput"];
            };
        };
        responses: {
            /** @description Make a scenario. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Scenario"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getScenario: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One scenario. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Scenario"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putScenario: {
        parameters: {
            query?: never;
            header?: {
                /** @description 412 if the entity tag is another meanwhile. */
                "If-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Short answer",
                 *       "automation_id": 1,
                 *       "inputs_template": {
                 *         "prompt": "Say hello to {{who}}.",
                 *         "who": "Ada"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["ScenarioChange"];
            };
        };
        responses: {
            /** @description Change a scenario, which makes a new version; members that are not given stay as they are. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Scenario"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteScenario: {
        parameters: {
            query?: {
                /** @description true: delete its runs with it. */
                cascade?: boolean;
            };
            header?: {
                /** @description 412 if the entity tag is another meanwhile. */
                "If-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Delete a scenario; 409 tells the runs that still refer to it. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patchScenario: {
        parameters: {
            query?: never;
            header?: {
                /** @description 412 if the entity tag is another meanwhile. */
                "If-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Short answer",
                 *       "automation_id": 1,
                 *       "inputs_template": {
                 *         "prompt": "Say hello to {{who}}.",
                 *         "who": "Ada"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["ScenarioChange"];
            };
        };
        responses: {
            /** @description Change a scenario, which makes a new version; members that are not given stay as they are. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Scenario"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listScenarioVersions: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its versions, newest first. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScenarioVersion"][];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getScenarioVersion: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
                version: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One version, as the scenario was then. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScenarioVersion"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listRuns: {
        parameters: {
            query?: {
                /** @description Most elements of the answer (default 100). */
                limit?: number;
                /** @description Leave out this many first. Prefer after. */
                skip?: number;
                /** @description Go on behind the element of this id. */
                after?: number;
                /** @description true: X-Total-Count tells how many match (10000+: more than that). */
                total?: boolean;
                /** @description Runs of this scenario. */
                scenario_id?: number;
                /** @description Runs of this automation. */
                automation_id?: number;
                /** @description One or more states with commas between. */
                status?: ("pending" | "running" | "completed" | "failed" | "cancelled" | "timed_out")[];
                /** @description What they were made for (default run). */
                kind?: ("run" | "loadtest" | "training" | "workflow" | "calibration" | "discovery")[];
                /** @description Queued at or after: a time, or now-6h. */
                from?: string;
                /** @description Queued before. */
                to?: string;
                /** @description Part of error, error_code, model, tinyfish_run_id or note, or a run's number. */
                q?: string;
                /** @description A label that they have. */
                label?: string;
                /** @description Failed with this code. */
                error_code?: string;
                /** @description Performed at this location, or waiting for it. */
                location?: string;
                /** @description summary: without inputs, request and response_json. */
                view?: "full" | "summary";
                /** @description Order (default id, which is the order of creation). All but id leave out runs that have not ended. */
                sort?: "id" | "total_duration_ms" | "ttft_ms" | "finished_at";
                /** @description Direction (default desc: newest, slowest first). */
                order?: "asc" | "desc";
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Runs, newest first. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    /** @description rel="next": where the list goes on; absent at its end. */
                    Link?: string;
                    /** @description Elements in all, if asked for by `total`. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"][];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createRuns: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body happens once; the first answer comes again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "scenario_id": 1,
                 *       "count": 100,
                 *       "labels": [
                 *         "evening"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["RunBulk"];
            };
        };
        responses: {
            /** @description Queue one or many runs of a scenario. */
            202: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunBulkAnswer"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    triggerRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body happens once; the first answer comes again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "scenario_id": 1,
                 *       "inputs_override": {
                 *         "who": "Grace"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["RunTrigger"];
            };
        };
        responses: {
            /** @description Queue one run and answer it as it is: pending. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"] | components["schemas"]["RunBulkAnswer"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancelRuns: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "run_ids": [
                 *         17,
                 *         18
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["RunCancel"];
            };
        };
        responses: {
            /** @description Cancel many runs. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunCancelAnswer"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRun: {
        parameters: {
            query?: {
                /** @description summary: without inputs, request and response_json. */
                view?: "full" | "summary";
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One run. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description 412 if the entity tag is another meanwhile. */
                "If-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Delete a run that has ended; the figures of its hour are computed anew. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patchRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description 412 if the entity tag is another meanwhile. */
                "If-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "labels": [
                 *         "baseline"
                 *       ],
                 *       "note": "before the upgrade"
                 *     }
                 */
                "application/json": components["schemas"]["RunPatch"];
            };
        };
        responses: {
            /** @description Label and note of a run that has ended. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRunTimeline: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description When each chunk of the answer came. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Timeline"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancelRun: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Cancel a run; 409 if it ended otherwise before. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    requeueRun: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body happens once; the first answer comes again. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Run a failed, timed out or cancelled run again, as a new run with the same inputs. */
            202: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDashboardKpis: {
        parameters: {
            query?: {
                /** @description Begin of the range: a time, or now-24h (default: all). */
                from?: string;
                /** @description End of the range (default: now). */
                to?: string;
                /** @description Runs of this scenario. */
                scenario_id?: number;
                /** @description Runs of this automation. */
                automation_id?: number;
                /** @description Runs at this location. */
                location?: string;
                /** @description Runs with this label, as far as it has figures of its own (/labels). */
                label?: string;
                /** @description k of pass^k (default 4). */
                k?: number;
                /** @description summary: recent_runs without inputs, request and response_json. */
                view?: "full" | "summary";
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures of a range: totals, scenarios, series, the range before, newest runs. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DashboardKpis"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listLabels: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Labels of runs with how many have them; first those that are not told apart, if there are any, then by name. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Label"][];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listKpiRebuilds: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The last hundred windows that were asked for, newest first. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KpiRebuild"][];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rebuildKpis: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body happens once; the first answer comes again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KpiRebuildOrder"];
            };
        };
        responses: {
            /** @description Make the KPIs of a window again from rows; a job does it. */
            202: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KpiRebuild"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getKpiRebuild: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How far a window is. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KpiRebuild"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    compareRuns: {
        parameters: {
            query?: {
                /** @description Required. runs:1,2,3, scenario:7 or scenario:7@2, loadtest:12, window:from/to; filters behind semicolons (docs/compare.md). */
                a?: string;
                /** @description Required. The other side, likewise; verdicts are about this one. */
                b?: string;
                /** @description Only these, with commas between; fewer are corrected less. */
                metrics?: ("success_rate" | "e2e_ms" | "e2e_scheduled_ms" | "total_ms" | "ttft_ms" | "ttft_scheduled_ms" | "ttfo_ms" | "ttst_ms" | "itl_ms" | "icl_ms" | "tpot_ms" | "send_lag_ms" | "queue_ms" | "connect_ms" | "ttfb_ms" | "ntpot_ms" | "tokens_prompt" | "tokens_completion" | "cost")[];
                /** @description Of the verdict (default 0.05). */
                significance?: "0.1" | "0.05" | "0.01" | "0.001";
                /** @description Of samples and bootstrap (default 1). */
                seed?: number;
                /** @description Also the values at 0, 1 ... 100 % of both sides. */
                curves?: boolean;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Two groups of runs, load tests, windows or versions against each other, with a verdict. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Comparison"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listTraceSources: {
        parameters: {
            query?: {
                /** @description Most elements of the answer (default 100). */
                limit?: number;
                /** @description Leave out this many first. Prefer after. */
                skip?: number;
                /** @description Go on behind the element of this id. */
                after?: number;
                /** @description true: X-Total-Count tells how many match (10000+: more than that). */
                total?: boolean;
                /** @description Part of name or description. */
                q?: string;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Servers whose traces are mirrored, and what traces are sent to, by id. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    /** @description rel="next": where the list goes on; absent at its end. */
                    Link?: string;
                    /** @description Elements in all, if asked for by `total`. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TraceSource"][];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createTraceSource: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body happens once; the first answer comes again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TraceSourceInput"];
            };
        };
        responses: {
            /** @description Mirror the traces of a Langfuse project, from now on and of the past, or make something that traces are sent to. */
            201: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TraceSource"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTraceSource: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One source. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TraceSource"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putTraceSource: {
        parameters: {
            query?: never;
            header?: {
                /** @description 412 if the entity tag is another meanwhile. */
                "If-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TraceSourceChange"];
            };
        };
        responses: {
            /** @description Change a source; members that are not given stay as they are. Another url or key is read from the start. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TraceSource"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteTraceSource: {
        parameters: {
            query?: never;
            header?: {
                /** @description 412 if the entity tag is another meanwhile. */
                "If-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Delete a source and everything that it brought. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patchTraceSource: {
        parameters: {
            query?: never;
            header?: {
                /** @description 412 if the entity tag is another meanwhile. */
                "If-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TraceSourceChange"];
            };
        };
        responses: {
            /** @description Change a source; members that are not given stay as they are. Another url or key is read from the start. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TraceSource"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTraceSync: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How far its sync is. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TraceSync"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    startTraceSync: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Read the newest now, also of one that is paused; one that the server tells to wait waits. */
            202: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TraceSync"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listTracePasses: {
        parameters: {
            query?: {
                /** @description Passes before this one. */
                after?: number;
                /** @description Most elements of the answer (default 100). */
                limit?: number;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The history of its sync, newest first. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    /** @description rel="next": where the list goes on; absent at its end. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TracePass"][];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSyncStatus: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How far the sync of all sources is. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SyncStatus"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    triggerSync: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Read the newest of all sources now. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SyncTrigger"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    pushTraces: {
        parameters: {
            query?: {
                /** @description Name of a source of the kind pushed; also as header X-Trace-Source, or as public key (default: pushed, which is made). */
                source?: string;
                /** @description Its project (default: your first). */
                project_id?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OtlpTraces"];
                "application/x-protobuf": string;
            };
        };
        responses: {
            /** @description Send spans by OTLP, in JSON or protobuf, also compressed with gzip. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OtlpAnswer"];
                    "application/x-protobuf": string;
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                    "application/json": {
                        code?: number;
                        message?: string;
                        details?: Record<string, never>[];
                    };
                    "application/x-protobuf": string;
                };
            };
        };
    };
    pushTracesAsLangfuse: {
        parameters: {
            query?: {
                /** @description Name of a source of the kind pushed; also as header X-Trace-Source, or as public key (default: pushed, which is made). */
                source?: string;
                /** @description Its project (default: your first). */
                project_id?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OtlpTraces"];
                "application/x-protobuf": string;
            };
        };
        responses: {
            /** @description The same by the name that it has in Langfuse. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OtlpAnswer"];
                    "application/x-protobuf": string;
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                    "application/json": {
                        code?: number;
                        message?: string;
                        details?: Record<string, never>[];
                    };
                    "application/x-protobuf": string;
                };
            };
        };
    };
    pushBatch: {
        parameters: {
            query?: {
                /** @description Name of a source of the kind pushed; also as header X-Trace-Source, or as public key (default: pushed, which is made). */
                source?: string;
                /** @description Its project (default: your first). */
                project_id?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["IngestionBatch"];
            };
        };
        responses: {
            /** @description Send events as Langfuse's older SDKs do. */
            207: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IngestionAnswer"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    pushBatchAsLangfuse: {
        parameters: {
            query?: {
                /** @description Name of a source of the kind pushed; also as header X-Trace-Source, or as public key (default: pushed, which is made). */
                source?: string;
                /** @description Its project (default: your first). */
                project_id?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["IngestionBatch"];
            };
        };
        responses: {
            /** @description The same by the name that it has in Langfuse. */
            207: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IngestionAnswer"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listTraces: {
        parameters: {
            query?: {
                /** @description Go on behind the page before: what its Link says. */
                after?: string;
                /** @description Most elements of the answer (default 100). */
                limit?: number;
                /** @description Begun at this time or later: a time, or now-7d. */
                from?: string;
                /** @description And before this one. */
                to?: string;
                /** @description From this source. */
                source_id?: number;
                /** @description With this id. */
                id?: string;
                /** @description true: with errors. */
                errors?: boolean;
                /** @description summary: without metadata and details. */
                view?: "full" | "summary";
                /** @description Of this name. */
                name?: string;
                /** @description Of this user. */
                user_id?: string;
                /** @description Of this session. */
                session_id?: string;
                /** @description In this environment. */
                environment?: string;
                /** @description With this tag. */
                tag?: string;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Traces, newest first. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    /** @description rel="next": where the list goes on; absent at its end. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Trace"][];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listTraceSessions: {
        parameters: {
            query?: {
                /** @description Go on behind the page before: what its Link says. */
                after?: string;
                /** @description Most elements of the answer (default 100). */
                limit?: number;
                /** @description With a last trace at this time or later: a time, or now-7d. */
                from?: string;
                /** @description And before this one. */
                to?: string;
                /** @description From this source. */
                source_id?: number;
                /** @description With this id. */
                id?: string;
                /** @description true: with errors. */
                errors?: boolean;
                /** @description With this user. */
                user_id?: string;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Sessions of traces, those first that had one last. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    /** @description rel="next": where the list goes on; absent at its end. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TraceSession"][];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listTraceModels: {
        parameters: {
            query?: {
                /** @description The last so many days (UTC), with today (default 30). */
                days?: number;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Models that observations name, most used first. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TraceModel"][];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listTraceDays: {
        parameters: {
            query?: {
                /** @description The last so many days (UTC), with today (default 30). */
                days?: number;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Traces of each day, oldest first. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TraceDay"][];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listObservations: {
        parameters: {
            query?: {
                /** @description Go on behind the page before: what its Link says. */
                after?: string;
                /** @description Most elements of the answer (default 100). */
                limit?: number;
                /** @description Begun at this time or later: a time, or now-7d. */
                from?: string;
                /** @description And before this one. */
                to?: string;
                /** @description From this source. */
                source_id?: number;
                /** @description With this id. */
                id?: string;
                /** @description true: with errors. */
                errors?: boolean;
                /** @description summary: without metadata and details. */
                view?: "full" | "summary";
                /** @description Of this trace. */
                trace_id?: string;
                /** @description Of this name. */
                name?: string;
                /** @description Of this type: GENERATION, AGENT, TOOL ... */
                type?: string;
                /** @description Of this level: DEBUG, DEFAULT, WARNING, ERROR. */
                level?: string;
                /** @description Of this model. */
                model?: string;
                /** @description In this environment. */
                environment?: string;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Observations, newest first; with trace_id those of one trace. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    /** @description rel="next": where the list goes on; absent at its end. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Observation"][];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listTraceScores: {
        parameters: {
            query?: {
                /** @description Go on behind the page before: what its Link says. */
                after?: string;
                /** @description Most elements of the answer (default 100). */
                limit?: number;
                /** @description Given at this time or later: a time, or now-7d. */
                from?: string;
                /** @description And before this one. */
                to?: string;
                /** @description From this source. */
                source_id?: number;
                /** @description With this id. */
                id?: string;
                /** @description Of this name. */
                name?: string;
                /** @description Of this trace or an observation of it. */
                trace_id?: string;
                /** @description Of this observation. */
                observation_id?: string;
                /** @description Of this session. */
                session_id?: string;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Scores of traces, observations and sessions, newest first. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    /** @description rel="next": where the list goes on; absent at its end. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TraceScore"][];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTrace: {
        parameters: {
            query?: {
                /** @description From this source: needed where several have that id. */
                source_id?: number;
                /** @description Go on behind this observation of the tree. */
                after?: string;
                /** @description Most observations of the answer (default 1000). */
                limit?: number;
                /** @description summary: without metadata and details. */
                view?: "full" | "summary";
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                trace_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A trace with its observations as a tree; where it goes on is in Link. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TraceDetail"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getObservation: {
        parameters: {
            query?: {
                /** @description From this source: needed where several have that id. */
                source_id?: number;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                observation_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One observation. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ObservationDetail"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    eraseTraces: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TraceErasure"];
            };
        };
        responses: {
            /** @description Remove all traces of a user that are here, for good; their server is not told. */
            202: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listAgents: {
        parameters: {
            query?: {
                /** @description The last so many days (UTC), with today (default: all). */
                days?: number;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Agents, which are observations of type AGENT, with the cost and tokens of the generations right below them. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentList"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAgent: {
        parameters: {
            query?: {
                /** @description The last so many days (UTC), with today (default: all). */
                days?: number;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One agent and its last executions. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentDetail"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAgentCharts: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What one agent's charts show. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentCharts"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listCupidSessions: {
        parameters: {
            query?: {
                /** @description Those with a trace in it (default all). */
                time_range?: "24h" | "7d" | "30d" | "all";
                /** @description By the words of their source (default all). */
                status?: "complete" | "incomplete" | "all";
                /** @description Part of id, of a label, or of a user. */
                search?: string;
                /** @description Which page, from 1. */
                page?: number;
                /** @description Sessions of a page (default 50). */
                limit?: number;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Sessions of traces in pages, as clients of Cupid know them. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CupidSessions"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getCupidSessionStats: {
        parameters: {
            query?: {
                /** @description Those with a trace in it (default all). */
                time_range?: "24h" | "7d" | "30d" | "all";
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Figures of sessions of traces. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CupidSessionStats"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getCupidConversation: {
        parameters: {
            query?: {
                /** @description From this source: needed where several have that id. */
                source_id?: number;
                /** @description Go on behind the page before: what its Link says. */
                after?: string;
                /** @description Most traces of the answer (default 200). */
                limit?: number;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                session_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was asked and answered in a session, trace by trace. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CupidConversation"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getCupidDashboard: {
        parameters: {
            query?: {
                /** @description 24h to the second, the others by whole days (UTC) with today (default all). */
                time_range?: "24h" | "7d" | "30d" | "all";
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Figures of traces and their sessions. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CupidDashboard"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getScenarioTrend: {
        parameters: {
            query?: {
                /** @description Which figure (default e2e_ms). */
                metric?: "e2e_ms" | "e2e_scheduled_ms" | "total_ms" | "ttft_ms" | "ttft_scheduled_ms" | "ttfo_ms" | "ttst_ms" | "itl_ms" | "icl_ms" | "tpot_ms" | "send_lag_ms" | "queue_ms" | "connect_ms" | "ttfb_ms" | "ntpot_ms" | "success_rate";
                /** @description Of the metric, above 0 and below 1 (default 0.95). */
                quantile?: string;
                /** @description Whole days before today (default 28). */
                days?: number;
                /** @description Limit in ms (% of success_rate); default: that of the scenario's SLO on this metric and quantile. */
                threshold?: string;
                /** @description Runs at this location. */
                location?: string;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A figure day by day, its slope with an interval, and when it breaks a limit. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScenarioTrend"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    compareTrainingSessions: {
        parameters: {
            query?: {
                /** @description The session that is compared with. */
                a?: number;
                /** @description The one that the verdict is about. */
                b?: number;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Two sessions beside each other: which target takes more, and whether that is shown. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrainingComparison"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listTrainingSessions: {
        parameters: {
            query?: {
                /** @description Sessions behind this one, in the order asked for. */
                after?: number;
                /** @description Most elements of the answer (default 100). */
                limit?: number;
                /** @description One or more states with commas between. */
                status?: ("running" | "stopping" | "completed" | "stopped" | "failed")[];
                /** @description Sessions on this automation. */
                automation_id?: number;
                /** @description Newest (default) or oldest first; after goes on in this order. */
                order?: "desc" | "asc";
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Sessions of training, newest first. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    /** @description rel="next": where the list goes on; absent at its end. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrainingSession"][];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createTrainingSession: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body happens once; the first answer comes again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TrainingPlanInput"];
            };
        };
        responses: {
            /** @description Begin a session: problem after problem, until it is known what the target can take. */
            201: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrainingSession"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTrainingSession: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One session. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrainingSession"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteTrainingSession: {
        parameters: {
            query?: never;
            header?: {
                /** @description 412 if the entity tag is another meanwhile. */
                "If-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Delete a session that has ended; the load tests of its problems stay. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    stopTrainingSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description End a session; the problem under way is cancelled. */
            202: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrainingSession"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listTrainingProblems: {
        parameters: {
            query?: {
                /** @description Problems behind this one (default: from the first). */
                after?: number;
                /** @description Most elements of the answer (default 100). */
                limit?: number;
                /** @description As they were given (default), or the last first; after goes on in this order. */
                order?: "asc" | "desc";
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its problems, in their order. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    /** @description rel="next": where the list goes on; absent at its end. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrainingProblem"][];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listTrainingSeconds: {
        parameters: {
            query?: {
                /** @description Seconds of this problem and later ones (default: from the first). */
                after_problem?: number;
                /** @description Of that problem only those above this. */
                after_second?: number;
                /** @description Most elements of the answer (default 1000). */
                limit?: number;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was measured in each second of it. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    /** @description rel="next": where the list goes on; absent at its end. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrainingSecond"][];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    startTraining: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["HiveStart"];
            };
        };
        responses: {
            /** @description Begin a session with what is usual; POST /training/sessions says more. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HiveStarted"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    stopTraining: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description End all sessions. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HiveStopped"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTrainingStatus: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session under way that was begun last, else the last one. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HiveStatus"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listRecentProblems: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The latest 20 problems. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HiveProblems"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getLatestMetrics: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The latest 100 values of training, one a second and metric. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HiveMetrics"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMetricsSummary: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What all problems came to. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HiveSummary"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getPerformanceAnalytics: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How the metrics of a session are spread. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HivePerformance"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    generateProblem: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ProblemRequest"];
            };
        };
        responses: {
            /** @description Draw a problem, or compose one by hand, and keep it. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GeneratedProblem"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    executeProblem: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                key: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ProblemExecution"];
            };
        };
        responses: {
            /** @description Execute a problem and answer what came of it; with Prefer: respond-async at once, 202, and where it can be asked for. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExecutedProblem"];
                };
            };
            /** @description Execute a problem and answer what came of it; with Prefer: respond-async at once, 202, and where it can be asked for. */
            202: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExecutedProblem"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listProblems: {
        parameters: {
            query?: {
                /** @description Problems behind this one, in the order asked for. */
                after?: number;
                /** @description Most elements of the answer (default 100). */
                limit?: number;
                /** @description Of this type. */
                type?: "load_balancing" | "resource_allocation" | "fault_tolerance" | "data_processing" | "concurrent_requests" | "network_latency" | "memory_optimization" | "cache_efficiency";
                /** @description Of this difficulty. */
                difficulty?: "easy" | "medium" | "hard" | "extreme";
                /** @description One or more states with commas between. */
                status?: ("generated" | "running" | "completed" | "failed" | "cancelled")[];
                /** @description Newest (default) or oldest first; after goes on in this order. */
                order?: "desc" | "asc";
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Problems that were made without a session, newest first. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    /** @description rel="next": where the list goes on; absent at its end. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrainingProblem"][];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTrainingProblem: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One problem. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrainingProblem"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteProblem: {
        parameters: {
            query?: never;
            header?: {
                /** @description 412 if the entity tag is another meanwhile. */
                "If-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Delete a problem that was made without a session; its load test stays. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    executeProblemAgain: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body happens once; the first answer comes again. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ProblemExecution"];
            };
        };
        responses: {
            /** @description Execute a problem, of a session or not, on the scenario that is named or that it was executed on; one that was executed before as a copy of itself: the same requests. */
            202: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TrainingProblem"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listLoadTests: {
        parameters: {
            query?: {
                /** @description Most elements of the answer (default 100). */
                limit?: number;
                /** @description Leave out this many first. Prefer after. */
                skip?: number;
                /** @description Go on behind the element of this id. */
                after?: number;
                /** @description true: X-Total-Count tells how many match (10000+: more than that). */
                total?: boolean;
                /** @description Load tests of this scenario. */
                scenario_id?: number;
                /** @description Load tests of this automation. */
                automation_id?: number;
                /** @description One or more states with commas between. */
                status?: ("pending" | "running" | "completed" | "failed" | "cancelled" | "timed_out" | "interrupted")[];
                /** @description Part of the name, or a load test's number. */
                q?: string;
                /** @description A label that they have. */
                label?: string;
                /** @description Performed at this location, or waiting for it. */
                location?: string;
                /** @description What they are for (default loadtest); training: problems of sessions. */
                kind?: "loadtest" | "training";
                /** @description Newest (default) or oldest first; after goes on in this order. */
                order?: "desc" | "asc";
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Load tests, newest first; without results. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    /** @description rel="next": where the list goes on; absent at its end. */
                    Link?: string;
                    /** @description Elements in all, if asked for by `total`. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoadTest"][];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createLoadTest: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body happens once; the first answer comes again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "scenario_id": 1,
                 *       "load_model": {
                 *         "type": "poisson",
                 *         "rate": 50
                 *       },
                 *       "duration_seconds": 60,
                 *       "warmup_seconds": 5
                 *     }
                 */
                "application/json": components["schemas"]["LoadTestPlanInput"];
            };
        };
        responses: {
            /** @description Queue a load test, or one at each of several locations. */
            202: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoadTest"] | components["schemas"]["RunBulkAnswer"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    estimateLoadTest: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "scenario_id": 1,
                 *       "load_model": {
                 *         "type": "poisson",
                 *         "rate": 50
                 *       },
                 *       "duration_seconds": 60,
                 *       "warmup_seconds": 5
                 *     }
                 */
                "application/json": components["schemas"]["LoadTestPlanInput"];
            };
        };
        responses: {
            /** @description What a plan would send; nothing is queued. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoadTestEstimate"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getLoadTest: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One load test; its progress while it runs, its results afterwards. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoadTest"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteLoadTest: {
        parameters: {
            query?: never;
            header?: {
                /** @description 412 if the entity tag is another meanwhile. */
                "If-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Delete a load test that has ended, with its requests and series. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patchLoadTest: {
        parameters: {
            query?: never;
            header?: {
                /** @description 412 if the entity tag is another meanwhile. */
                "If-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LoadTestPatch"];
            };
        };
        responses: {
            /** @description Name of a load test. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoadTest"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    pauseLoadTest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Send nothing more for now; what is in flight goes on. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoadTest"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resumeLoadTest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Go on after a pause; the schedule is shifted by it. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoadTest"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    stopLoadTest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["LoadTestStop"];
            };
        };
        responses: {
            /** @description End it: await the answers of what was sent, or cancel everything; 409 if it ended before. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoadTest"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getLoadTestSeries: {
        parameters: {
            query?: {
                /** @description Seconds above this one (default: from the first). */
                after?: number;
                /** @description Most elements of the answer (default 1000). */
                limit?: number;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Figures of each second, ascending. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    /** @description rel="next": where the list goes on; absent at its end. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoadTestSecond"][];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getLoadTestRequests: {
        parameters: {
            query?: {
                /** @description Requests behind this seq (default: from the first). */
                after?: number;
                /** @description Most requests (default 1000); each comes with all its attempts. */
                limit?: number;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its requests by their place in the plan. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    /** @description rel="next": where the list goes on; absent at its end. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoadTestRequest"][];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listDatasets: {
        parameters: {
            query?: {
                /** @description Most elements of the answer (default 100). */
                limit?: number;
                /** @description Leave out this many first. Prefer after. */
                skip?: number;
                /** @description Go on behind the element of this id. */
                after?: number;
                /** @description true: X-Total-Count tells how many match (10000+: more than that). */
                total?: boolean;
                /** @description Part of the name. */
                q?: string;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Datasets, by id; without their entries. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    /** @description rel="next": where the list goes on; absent at its end. */
                    Link?: string;
                    /** @description Elements in all, if asked for by `total`. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dataset"][];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createDataset: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body happens once; the first answer comes again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DatasetUpload"];
            };
        };
        responses: {
            /** @description Upload what load tests are to ask. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dataset"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDataset: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One dataset, with its first entries. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dataset"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteDataset: {
        parameters: {
            query?: never;
            header?: {
                /** @description 412 if the entity tag is another meanwhile. */
                "If-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Delete a dataset; 409 while a load test that refers to it waits or runs. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patchDataset: {
        parameters: {
            query?: never;
            header?: {
                /** @description 412 if the entity tag is another meanwhile. */
                "If-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DatasetPatch"];
            };
        };
        responses: {
            /** @description Name of a dataset. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Dataset"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDatasetEntries: {
        parameters: {
            query?: {
                /** @description Entries behind this number (default: from the first). */
                after?: number;
                /** @description Most elements of the answer (default 100). */
                limit?: number;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its entries, by number. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    /** @description rel="next": where the list goes on; absent at its end. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DatasetEntry"][];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportDefinitions: {
        parameters: {
            query?: {
                /** @description What to export (default all). */
                kinds?: ("automations" | "scenarios" | "prices" | "datasets" | "views")[];
                /** @description Project that it is about (default the first that the client sees). */
                project_id?: number;
                /** @description Automations and scenarios with this label only; the others have none. */
                label?: string;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Automations, scenarios, prices, datasets and views as one document, without ids; it can be kept and imported anywhere. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Definitions"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    importDefinitions: {
        parameters: {
            query?: {
                /** @description Project that it is about (default the first that the client sees). */
                project_id?: number;
                /** @description true: say what would be done, and change nothing. */
                dry_run?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DefinitionsInput"];
            };
        };
        responses: {
            /** @description Make what a document names, and change what is different; all or nothing. What it does not name stays. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DefinitionsReport"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createDiscovery: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body happens once; the first answer comes again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "connection": {
                 *         "url": "http://127.0.0.1:8000/v1"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["DiscoveryRequest"];
            };
        };
        responses: {
            /** @description Have the engine ask a target what it is and which models it offers. */
            202: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Discovery"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDiscovery: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What a target is and which models it offers; kept for an hour. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Discovery"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getLoadtestEvidence: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description An archive of everything from which the figures of a load test can be computed again. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/gzip": string;
                    "application/x-tar": string;
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    watchEvents: {
        parameters: {
            query?: {
                /** @description What to watch, with commas between: run, scenario, automation, loadtest, dataset, price, view, slo, project, engine, training, sync, alert; to who administers user, key, secret; one of them by its id: loadtest:7. Default: all. */
                topic?: string;
                /** @description Only runs and load tests of this scenario. */
                scenario_id?: number;
                /** @description Only runs of this automation. */
                automation_id?: number;
                /** @description id of the last event that was seen: what came since is told first. */
                after?: string;
                /** @description Answer with JSON, once, as soon as something happens, at the latest after so many seconds. */
                wait?: number;
                /** @description A ticket of POST /events/ticket instead of credentials. */
                ticket?: string;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What happens, as it happens: server-sent events, or with `wait` one answer of a long poll. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventPoll"];
                    "text/event-stream": string;
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    openEventSocket: {
        parameters: {
            query?: {
                /** @description A ticket of POST /events/ticket instead of credentials. */
                ticket?: string;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The same as a WebSocket, which says what it watches by messages. */
            101: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    openMetricsSocket: {
        parameters: {
            query?: {
                /** @description A ticket of POST /events/ticket instead of credentials. */
                ticket?: string;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Metrics of runs and training as clients of Hive know them, as a WebSocket. */
            101: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createEventTicket: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A ticket that opens one stream of events without credentials, within half a minute. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventTicket"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportRuns: {
        parameters: {
            query?: {
                /** @description What it comes as; absent: as Accept says, else CSV. */
                format?: "csv" | "jsonl";
                /** @description Runs of this scenario. */
                scenario_id?: number;
                /** @description Runs of this automation. */
                automation_id?: number;
                /** @description One or more states with commas between. */
                status?: ("pending" | "running" | "completed" | "failed" | "cancelled" | "timed_out")[];
                /** @description What they were made for (default run). */
                kind?: ("run" | "loadtest" | "training" | "workflow" | "calibration" | "discovery")[];
                /** @description Queued at or after: a time, or now-6h. */
                from?: string;
                /** @description Queued before. */
                to?: string;
                /** @description Part of error, error_code, model, tinyfish_run_id or note, or a run's number. */
                q?: string;
                /** @description A label that they have. */
                label?: string;
                /** @description Failed with this code. */
                error_code?: string;
                /** @description Performed at this location, or waiting for it. */
                location?: string;
                /** @description summary: without inputs, request and response_json. */
                view?: "full" | "summary";
                /** @description Order of ids (default desc: newest first); asc leaves out what comes meanwhile. */
                order?: "asc" | "desc";
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All runs of a filter as CSV or JSON Lines; without inputs, request and response_json unless view=full. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                    "application/jsonl": string;
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportLoadTestRequests: {
        parameters: {
            query?: {
                /** @description What it comes as; absent: as Accept says, else CSV. */
                format?: "csv" | "jsonl";
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All requests of a load test as CSV or JSON Lines. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                    "application/jsonl": string;
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportAudit: {
        parameters: {
            query?: {
                /** @description What it comes as; absent: as Accept says, else CSV. */
                format?: "csv" | "jsonl";
                /** @description User. */
                actor?: string;
                /** @description Method and route, such as PATCH /automations/{id}. */
                action?: string;
                /** @description What it was done to, such as /automations/7, and what is below it. */
                object?: string;
                /** @description Whether it was allowed. */
                outcome?: "done" | "denied";
                /** @description One request. */
                request_id?: string;
                /** @description From then on. */
                from?: string;
                /** @description Before. */
                to?: string;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The audit log as CSV or JSON Lines, oldest first. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                    "application/jsonl": string;
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listCalibrations: {
        parameters: {
            query?: {
                /** @description Most elements of the answer (default 100). */
                limit?: number;
                /** @description Leave out this many first. Prefer after. */
                skip?: number;
                /** @description Go on behind the element of this id. */
                after?: number;
                /** @description true: X-Total-Count tells how many match (10000+: more than that). */
                total?: boolean;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Calibrations, newest first. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    /** @description rel="next": where the list goes on; absent at its end. */
                    Link?: string;
                    /** @description Elements in all, if asked for by `total`. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Calibration"][];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createCalibration: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body happens once; the first answer comes again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "streams": 200,
                 *       "concurrency": 50
                 *     }
                 */
                "application/json": components["schemas"]["CalibrationRequest"];
            };
        };
        responses: {
            /** @description Measure the engine's own error on the reference target. */
            202: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Calibration"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getCalibration: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One calibration. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Calibration"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getEngine: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Engines of all nodes, the queue, and whether claims are stopped. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Engine"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listDeadRuns: {
        parameters: {
            query?: {
                /** @description Most elements of the answer (default 100). */
                limit?: number;
                /** @description Leave out this many first. Prefer after. */
                skip?: number;
                /** @description Go on behind the element of this id. */
                after?: number;
                /** @description true: X-Total-Count tells how many match (10000+: more than that). */
                total?: boolean;
                /** @description Always summary; accepted for likeness with /runs. */
                view?: "full" | "summary";
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Runs that failed because engines died under them as often as was allowed; without bulky members. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    /** @description rel="next": where the list goes on; absent at its end. */
                    Link?: string;
                    /** @description Elements in all, if asked for by `total`. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"][];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    stopEngine: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Emergency stop: no node starts anything until it is started again. */
            202: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EngineStopped"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    startEngine: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Claim runs again after a stop. */
            202: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EngineStopped"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listPrices: {
        parameters: {
            query?: {
                /** @description Most elements of the answer (default 100). */
                limit?: number;
                /** @description Leave out this many first. Prefer after. */
                skip?: number;
                /** @description Go on behind the element of this id. */
                after?: number;
                /** @description true: X-Total-Count tells how many match (10000+: more than that). */
                total?: boolean;
                /** @description Kind of target. */
                provider?: "openai" | "anthropic" | "tinyfish" | "http" | "mock";
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Prices, by id. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    /** @description rel="next": where the list goes on; absent at its end. */
                    Link?: string;
                    /** @description Elements in all, if asked for by `total`. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Price"][];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createPrice: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body happens once; the first answer comes again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PriceInput"];
            };
        };
        responses: {
            /** @description Say what calls of a model cost. */
            201: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Price"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getPrice: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One price. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Price"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putPrice: {
        parameters: {
            query?: never;
            header?: {
                /** @description 412 if the entity tag is another meanwhile. */
                "If-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PriceChange"];
            };
        };
        responses: {
            /** @description Change a price; members that are not given stay as they are. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Price"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deletePrice: {
        parameters: {
            query?: never;
            header?: {
                /** @description 412 if the entity tag is another meanwhile. */
                "If-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Delete a price; what was recorded keeps its cost. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patchPrice: {
        parameters: {
            query?: never;
            header?: {
                /** @description 412 if the entity tag is another meanwhile. */
                "If-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PriceChange"];
            };
        };
        responses: {
            /** @description Change a price; members that are not given stay as they are. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Price"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listProjects: {
        parameters: {
            query?: {
                /** @description Most elements of the answer (default 100). */
                limit?: number;
                /** @description Leave out this many first. Prefer after. */
                skip?: number;
                /** @description Go on behind the element of this id. */
                after?: number;
                /** @description true: X-Total-Count tells how many match (10000+: more than that). */
                total?: boolean;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Projects that the client sees, by id. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    /** @description rel="next": where the list goes on; absent at its end. */
                    Link?: string;
                    /** @description Elements in all, if asked for by `total`. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"][];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createProject: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body happens once; the first answer comes again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProjectInput"];
            };
        };
        responses: {
            /** @description Make a project. */
            201: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getProject: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One project. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putProject: {
        parameters: {
            query?: never;
            header?: {
                /** @description 412 if the entity tag is another meanwhile. */
                "If-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProjectChange"];
            };
        };
        responses: {
            /** @description Rename or describe a project; members that are not given stay as they are. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteProject: {
        parameters: {
            query?: never;
            header?: {
                /** @description 412 if the entity tag is another meanwhile. */
                "If-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Delete a project in which there is nothing; 409 says what there is. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patchProject: {
        parameters: {
            query?: never;
            header?: {
                /** @description 412 if the entity tag is another meanwhile. */
                "If-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProjectChange"];
            };
        };
        responses: {
            /** @description Rename or describe a project; members that are not given stay as they are. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listViews: {
        parameters: {
            query?: {
                /** @description Most elements of the answer (default 100). */
                limit?: number;
                /** @description Leave out this many first. Prefer after. */
                skip?: number;
                /** @description Go on behind the element of this id. */
                after?: number;
                /** @description true: X-Total-Count tells how many match (10000+: more than that). */
                total?: boolean;
                /** @description List that they are views of. */
                page?: "overview" | "runs" | "kpis" | "loadtests" | "automations" | "scenarios" | "datasets";
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Views of the dashboard's lists, by id. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    /** @description rel="next": where the list goes on; absent at its end. */
                    Link?: string;
                    /** @description Elements in all, if asked for by `total`. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["View"][];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createView: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body happens once; the first answer comes again. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ViewInput"];
            };
        };
        responses: {
            /** @description Keep the filters of a list under a name. */
            201: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["View"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getView: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One view. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["View"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putView: {
        parameters: {
            query?: never;
            header?: {
                /** @description 412 if the entity tag is another meanwhile. */
                "If-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ViewChange"];
            };
        };
        responses: {
            /** @description Change a view; members that are not given stay as they are. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["View"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteView: {
        parameters: {
            query?: never;
            header?: {
                /** @description 412 if the entity tag is another meanwhile. */
                "If-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Delete a view. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patchView: {
        parameters: {
            query?: never;
            header?: {
                /** @description 412 if the entity tag is another meanwhile. */
                "If-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ViewChange"];
            };
        };
        responses: {
            /** @description Change a view; members that are not given stay as they are. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["View"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Whether the server answers. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getReady: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Whether database, schema and an engine are there; 503 if not. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ready"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Whether database, schema and an engine are there; 503 if not. */
            503: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ready"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getLoadTestReport: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A report as one HTML file, for screens and paper. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getLoadTestHgrm: {
        parameters: {
            query?: {
                /** @description Which figure (default e2e_ms). */
                metric?: "e2e_ms" | "e2e_scheduled_ms" | "total_ms" | "ttft_ms" | "ttft_scheduled_ms" | "ttfo_ms" | "ttst_ms" | "itl_ms" | "icl_ms" | "tpot_ms" | "send_lag_ms" | "queue_ms" | "connect_ms" | "ttfb_ms" | "ntpot_ms";
                /** @description Requests of this step of a ramp, sweep or search (default: of all). */
                step?: number;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Percentile distribution of a metric, as HdrHistogram's plotters read it. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getCompareReport: {
        parameters: {
            query?: {
                /** @description Required. runs:1,2,3, scenario:7 or scenario:7@2, loadtest:12, window:from/to; filters behind semicolons (docs/compare.md). */
                a?: string;
                /** @description Required. The other side, likewise; verdicts are about this one. */
                b?: string;
                /** @description Only these, with commas between; fewer are corrected less. */
                metrics?: ("success_rate" | "e2e_ms" | "e2e_scheduled_ms" | "total_ms" | "ttft_ms" | "ttft_scheduled_ms" | "ttfo_ms" | "ttst_ms" | "itl_ms" | "icl_ms" | "tpot_ms" | "send_lag_ms" | "queue_ms" | "connect_ms" | "ttfb_ms" | "ntpot_ms" | "tokens_prompt" | "tokens_completion" | "cost")[];
                /** @description Of the verdict (default 0.05). */
                significance?: "0.1" | "0.05" | "0.01" | "0.001";
                /** @description Of samples and bootstrap (default 1). */
                seed?: number;
                /** @description Also the values at 0, 1 ... 100 % of both sides. */
                curves?: boolean;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A comparison as one HTML file, for screens and paper. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTrainingReport: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A session as one HTML file, for screens and paper. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getKpisHgrm: {
        parameters: {
            query?: {
                /** @description Which figure (default e2e_ms). */
                metric?: "e2e_ms" | "e2e_scheduled_ms" | "total_ms" | "ttft_ms" | "ttft_scheduled_ms" | "ttfo_ms" | "ttst_ms" | "itl_ms" | "icl_ms" | "tpot_ms" | "send_lag_ms" | "queue_ms" | "connect_ms" | "ttfb_ms" | "ntpot_ms";
                /** @description Begin of the window: a time, or now-7d (default now-24h). Widened to whole hours. */
                from?: string;
                /** @description End of the window (default now). Widened likewise. */
                to?: string;
                /** @description Single runs, requests of load tests, or of training (default run). */
                source?: "run" | "loadtest" | "training";
                /** @description Runs of this scenario. */
                scenario_id?: number;
                /** @description Runs of this automation. */
                automation_id?: number;
                /** @description Runs of the model of this name. */
                model?: string;
                /** @description Runs of this provider. */
                provider?: string;
                /** @description Runs at this location. */
                location?: string;
                /** @description Runs with this label, as far as it has figures of its own (/labels). */
                label?: string;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Percentile distribution of a metric over a window, as HdrHistogram's plotters read it. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description This node for Prometheus: text 0.0.4, or OpenMetrics by Accept (docs/monitoring.md). */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                    "application/openmetrics-text": string;
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listAudit: {
        parameters: {
            query?: {
                /** @description Most elements of the answer (default 100). */
                limit?: number;
                /** @description Leave out this many first. Prefer after. */
                skip?: number;
                /** @description Go on behind the element of this id. */
                after?: number;
                /** @description true: X-Total-Count tells how many match (10000+: more than that). */
                total?: boolean;
                /** @description User. */
                actor?: string;
                /** @description Method and route, such as PATCH /automations/{id}. */
                action?: string;
                /** @description What it was done to, such as /automations/7, and what is below it. */
                object?: string;
                /** @description Whether it was allowed. */
                outcome?: "done" | "denied";
                /** @description One request. */
                request_id?: string;
                /** @description From then on. */
                from?: string;
                /** @description Before. */
                to?: string;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Who changed what and who was kept from it, newest first. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    /** @description rel="next": where the list goes on; absent at its end. */
                    Link?: string;
                    /** @description Elements in all, if asked for by `total`. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditEntry"][];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    verifyAudit: {
        parameters: {
            query?: {
                /** @description Number of a batch that was noted elsewhere; goes with hash. */
                batch?: number;
                /** @description Its hash. Without one, it is not seen that the chain's end was cut off. */
                hash?: string;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Whether the audit log is what it was when its entries were chained. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditVerdict"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listSecrets: {
        parameters: {
            query?: {
                /** @description Most elements of the answer (default 100). */
                limit?: number;
                /** @description Leave out this many first. Prefer after. */
                skip?: number;
                /** @description Go on behind the element of this id. */
                after?: number;
                /** @description true: X-Total-Count tells how many match (10000+: more than that). */
                total?: boolean;
                /** @description Part of name or description. */
                q?: string;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Named secrets without their values, by id. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    /** @description rel="next": where the list goes on; absent at its end. */
                    Link?: string;
                    /** @description Elements in all, if asked for by `total`. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Secret"][];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createSecret: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SecretInput"];
            };
        };
        responses: {
            /** @description Set a secret that runs can name. */
            201: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Secret"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSecret: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One secret without its value. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Secret"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SecretChange"];
            };
        };
        responses: {
            /** @description Set its value anew or describe it; what is not given stays. Runs that begin later have the new value. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Secret"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteSecret: {
        parameters: {
            query?: never;
            header?: {
                /** @description 412 if the entity tag is another meanwhile. */
                "If-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Delete a secret; runs that name it fail from then on. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patchSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SecretChange"];
            };
        };
        responses: {
            /** @description Set its value anew or describe it; what is not given stays. Runs that begin later have the new value. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Secret"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listSecretUses: {
        parameters: {
            query?: {
                /** @description Most elements of the answer (default 100). */
                limit?: number;
                /** @description Leave out this many first. */
                skip?: number;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Automations and scenarios that name it. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    /** @description rel="next": where the list goes on; absent at its end. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretUse"][];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSecretKeys: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key ring of this node, and which keys encrypted what is stored. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretKeys"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rotateSecrets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Have an engine encrypt everything with its active key that another one encrypted; the answer is how it is now. */
            202: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecretKeys"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getScenarioSlos: {
        parameters: {
            query?: {
                /** @description Time of the summary, 1h to 90d (default 28d). */
                window?: string;
                /** @description Figure of the Apdex (default: that of run_settings.apdex, else total_ms). */
                apdex_metric?: "e2e_ms" | "e2e_scheduled_ms" | "total_ms" | "ttft_ms" | "ttft_scheduled_ms" | "ttfo_ms" | "ttst_ms" | "tpot_ms" | "ttfb_ms" | "ntpot_ms";
                /** @description T of the Apdex (default: that of run_settings.apdex). */
                apdex_t_ms?: number;
                /** @description k of pass^k (default 4). */
                k?: number;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the SLOs of a scenario stand at: met or not, error budget, burn rates; attainment, goodput, Apdex, pass^k, cost. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScenarioSlos"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getGate: {
        parameters: {
            query?: {
                /** @description What regressions are counted from: v3, a version of the scenario, or 7d, the time before what is judged. */
                baseline?: string;
                /** @description What regressions are judged over (default 24h); SLOs have windows of their own. */
                window?: string;
                /** @description Figure that max_p.._change are about (default total_ms). */
                metric?: "e2e_ms" | "e2e_scheduled_ms" | "total_ms" | "ttft_ms" | "ttft_scheduled_ms" | "ttfo_ms" | "ttst_ms" | "tpot_ms" | "ttfb_ms" | "ntpot_ms";
                /** @description Percent that the median may be above that of the baseline. */
                max_p50_change?: string;
                /** @description The same of p95. */
                max_p95_change?: string;
                /** @description The same of p99. */
                max_p99_change?: string;
                /** @description Percentage points that the success rate may be below the baseline's. */
                max_success_drop?: string;
                /** @description What a check that cannot tell does to the gate (default fail). */
                too_few_samples?: "fail" | "pass";
                /** @description Judge exactly these runs, such as 120-139,141, instead of windows. */
                runs?: string;
                /** @description Answer to GET while some of the runs have not ended: 202 (default), or 503 with Retry-After, for curl --retry. */
                unfinished?: "accept" | "retry";
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Whether a scenario passes: its SLOs, and regressions from a baseline. 200 passed, 409 failed; JSON, JUnit XML or a badge by Accept. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Gate"];
                    "application/xml": string;
                    "image/svg+xml": string;
                };
            };
            /** @description Whether a scenario passes: its SLOs, and regressions from a baseline. 200 passed, 409 failed; JSON, JUnit XML or a badge by Accept. */
            202: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Gate"];
                    "application/xml": string;
                    "image/svg+xml": string;
                };
            };
            /** @description Whether a scenario passes: its SLOs, and regressions from a baseline. 200 passed, 409 failed; JSON, JUnit XML or a badge by Accept. */
            409: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Gate"];
                    "application/xml": string;
                    "image/svg+xml": string;
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getGateBadge: {
        parameters: {
            query?: {
                /** @description What regressions are counted from: v3, a version of the scenario, or 7d, the time before what is judged. */
                baseline?: string;
                /** @description What regressions are judged over (default 24h); SLOs have windows of their own. */
                window?: string;
                /** @description Figure that max_p.._change are about (default total_ms). */
                metric?: "e2e_ms" | "e2e_scheduled_ms" | "total_ms" | "ttft_ms" | "ttft_scheduled_ms" | "ttfo_ms" | "ttst_ms" | "tpot_ms" | "ttfb_ms" | "ntpot_ms";
                /** @description Percent that the median may be above that of the baseline. */
                max_p50_change?: string;
                /** @description The same of p95. */
                max_p95_change?: string;
                /** @description The same of p99. */
                max_p99_change?: string;
                /** @description Percentage points that the success rate may be below the baseline's. */
                max_success_drop?: string;
                /** @description What a check that cannot tell does to the gate (default fail). */
                too_few_samples?: "fail" | "pass";
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The same as a picture, always with status 200. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "image/svg+xml": string;
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    runGate: {
        parameters: {
            query?: {
                /** @description What regressions are counted from: v3, a version of the scenario, or 7d, the time before what is judged. */
                baseline?: string;
                /** @description What regressions are judged over (default 24h); SLOs have windows of their own. */
                window?: string;
                /** @description Figure that max_p.._change are about (default total_ms). */
                metric?: "e2e_ms" | "e2e_scheduled_ms" | "total_ms" | "ttft_ms" | "ttft_scheduled_ms" | "ttfo_ms" | "ttst_ms" | "tpot_ms" | "ttfb_ms" | "ntpot_ms";
                /** @description Percent that the median may be above that of the baseline. */
                max_p50_change?: string;
                /** @description The same of p95. */
                max_p95_change?: string;
                /** @description The same of p99. */
                max_p99_change?: string;
                /** @description Percentage points that the success rate may be below the baseline's. */
                max_success_drop?: string;
                /** @description What a check that cannot tell does to the gate (default fail). */
                too_few_samples?: "fail" | "pass";
                /** @description Answer to GET while some of the runs have not ended: 202 (default), or 503 with Retry-After, for curl --retry. */
                unfinished?: "accept" | "retry";
            };
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["GateRuns"];
            };
        };
        responses: {
            /** @description Queue runs and judge exactly these. 202 with Location where the verdict will be; with Prefer: wait=N, the verdict itself: 200 or 409. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Gate"];
                };
            };
            /** @description Queue runs and judge exactly these. 202 with Location where the verdict will be; with Prefer: wait=N, the verdict itself: 200 or 409. */
            202: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Gate"];
                };
            };
            /** @description Queue runs and judge exactly these. 202 with Location where the verdict will be; with Prefer: wait=N, the verdict itself: 200 or 409. */
            409: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Gate"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAbout: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Version, schema, database, nodes, features and limits. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["About"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listConfiguration: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every directive with what this server's configuration says and where, or its default. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfiguredDirective"][];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMe: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Who asks, and what he may do. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patchMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MeBody"];
            };
        };
        responses: {
            /** @description Change one's own password, address or name. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AuthLogin"];
            };
        };
        responses: {
            /** @description Begin a session with name and password. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuthTokens"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    refreshToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AuthRefresh"];
            };
        };
        responses: {
            /** @description Another access token of the same session. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuthTokens"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    logout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AuthLogout"];
            };
        };
        responses: {
            /** @description End the session; its cookie and tokens are worth nothing from then on. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAuthUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Who is logged in. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuthUser"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTokenStatus: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Whether an Amazon account is connected. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuthTokenStatus"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rotateSigningKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A new key for access tokens; those before it are believed until their tokens have expired. */
            201: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SigningKey"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getJwks: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The keys that access tokens are signed with, for others who check them. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Jwks"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listUsers: {
        parameters: {
            query?: {
                /** @description Most elements of the answer (default 100). */
                limit?: number;
                /** @description Leave out this many first. Prefer after. */
                skip?: number;
                /** @description Go on behind the element of this id. */
                after?: number;
                /** @description true: X-Total-Count tells how many match (10000+: more than that). */
                total?: boolean;
                /** @description Part of name, full name or address. */
                q?: string;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Users of our own, by id. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    /** @description rel="next": where the list goes on; absent at its end. */
                    Link?: string;
                    /** @description Elements in all, if asked for by `total`. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"][];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createUser: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserInput"];
            };
        };
        responses: {
            /** @description Add a user. */
            201: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One user. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description 412 if the entity tag is another meanwhile. */
                "If-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserChange"];
            };
        };
        responses: {
            /** @description Change a user; members that are not given stay as they are. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description 412 if the entity tag is another meanwhile. */
                "If-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Delete a user with his sessions and keys. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patchUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description 412 if the entity tag is another meanwhile. */
                "If-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserChange"];
            };
        };
        responses: {
            /** @description Change a user; members that are not given stay as they are. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    logoutUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description End all sessions of a user. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    makePasswordLink: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PasswordLinkOrder"];
            };
        };
        responses: {
            /** @description A link by which a user sets his password himself, once; it takes the place of the one before. */
            201: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasswordLink"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    withdrawPasswordLink: {
        parameters: {
            query?: never;
            header?: {
                /** @description 412 if the entity tag is another meanwhile. */
                "If-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Withdraw the link by which a user could set his password. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    setPassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordLinkUse"];
            };
        };
        responses: {
            /** @description Set a password with the token of a link. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PasswordLinkUsed"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listApiKeys: {
        parameters: {
            query?: {
                /** @description Most elements of the answer (default 100). */
                limit?: number;
                /** @description Leave out this many first. Prefer after. */
                skip?: number;
                /** @description Go on behind the element of this id. */
                after?: number;
                /** @description true: X-Total-Count tells how many match (10000+: more than that). */
                total?: boolean;
                /** @description true: also of others. For administrators. */
                all?: boolean;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One's own API keys, by id. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    /** @description rel="next": where the list goes on; absent at its end. */
                    Link?: string;
                    /** @description Elements in all, if asked for by `total`. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"][];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createApiKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApiKeyInput"];
            };
        };
        responses: {
            /** @description Make an API key; the answer shows it this once. */
            201: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKeyMade"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getApiKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One API key. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteApiKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description 412 if the entity tag is another meanwhile. */
                "If-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Delete an API key: it is worth nothing from then on. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listSessions: {
        parameters: {
            query?: {
                /** @description Most elements of the answer (default 100). */
                limit?: number;
                /** @description Leave out this many first. Prefer after. */
                skip?: number;
                /** @description Go on behind the element of this id. */
                after?: number;
                /** @description true: X-Total-Count tells how many match (10000+: more than that). */
                total?: boolean;
                /** @description true: also of others. For administrators. */
                all?: boolean;
                /** @description Those of this user. Of another: for administrators. */
                user_id?: number;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Where one is signed in, by id. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    /** @description rel="next": where the list goes on; absent at its end. */
                    Link?: string;
                    /** @description Elements in all, if asked for by `total`. */
                    "X-Total-Count"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"][];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteSession: {
        parameters: {
            query?: never;
            header?: {
                /** @description 412 if the entity tag is another meanwhile. */
                "If-Match"?: string;
            };
            path: {
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description End a session; its cookie and tokens are worth nothing from then on. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getKpis: {
        parameters: {
            query?: {
                /** @description Which figures, with commas between (default e2e_ms). */
                metric?: ("e2e_ms" | "e2e_scheduled_ms" | "total_ms" | "ttft_ms" | "ttft_scheduled_ms" | "ttfo_ms" | "ttst_ms" | "itl_ms" | "icl_ms" | "tpot_ms" | "send_lag_ms" | "queue_ms" | "connect_ms" | "ttfb_ms" | "ntpot_ms")[];
                /** @description Up to 20 numbers from 0 to 1 with commas between (default 0.5,0.95,0.99). */
                quantiles?: string;
                /** @description Begin of the window: a time, or now-7d (default now-24h). Widened to whole hours. */
                from?: string;
                /** @description End of the window (default now). Widened likewise. */
                to?: string;
                /** @description Single runs, requests of load tests, or of training (default run). */
                source?: "run" | "loadtest" | "training";
                /** @description Runs of this scenario. */
                scenario_id?: number;
                /** @description Runs of this automation. */
                automation_id?: number;
                /** @description Runs of the model of this name. */
                model?: string;
                /** @description Runs of this provider. */
                provider?: string;
                /** @description Runs at this location. */
                location?: string;
                /** @description Runs with this label, as far as it has figures of its own (/labels). */
                label?: string;
                /** @description Up to two, with a comma between. By status only completed runs have latencies; by label a run is in each of its labels. */
                group_by?: ("scenario" | "automation" | "model" | "provider" | "status" | "location" | "label" | "hour" | "day")[];
                /** @description Adds the Apdex of each latency for this T in milliseconds. */
                apdex_t?: number;
                /** @description true: from rows, as long as they are kept; slow (percentile_cont). */
                exact?: boolean;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Any metrics and quantiles of the runs of a window, in groups. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Kpis"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getKpiSeries: {
        parameters: {
            query?: {
                /** @description Which figure (default e2e_ms). */
                metric?: "e2e_ms" | "e2e_scheduled_ms" | "total_ms" | "ttft_ms" | "ttft_scheduled_ms" | "ttfo_ms" | "ttst_ms" | "itl_ms" | "icl_ms" | "tpot_ms" | "send_lag_ms" | "queue_ms" | "connect_ms" | "ttfb_ms" | "ntpot_ms";
                /** @description Up to 20 numbers from 0 to 1 with commas between (default 0.5,0.95,0.99). */
                quantiles?: string;
                /** @description Begin of the window: a time, or now-7d (default now-24h). Widened to whole hours. */
                from?: string;
                /** @description End of the window (default now). Widened likewise. */
                to?: string;
                /** @description Single runs, requests of load tests, or of training (default run). */
                source?: "run" | "loadtest" | "training";
                /** @description Runs of this scenario. */
                scenario_id?: number;
                /** @description Runs of this automation. */
                automation_id?: number;
                /** @description Runs of the model of this name. */
                model?: string;
                /** @description Runs of this provider. */
                provider?: string;
                /** @description Runs at this location. */
                location?: string;
                /** @description Runs with this label, as far as it has figures of its own (/labels). */
                label?: string;
                /** @description Width of a bucket, a multiple of 3600 (default: so that there are at most max_points). */
                bucket_seconds?: number;
                /** @description Most buckets (default 300). */
                max_points?: number;
                /** @description One series for each. */
                group_by?: ("scenario" | "automation" | "model" | "provider" | "location" | "label")[];
                /** @description Most series (default 10). */
                limit?: number;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A metric over time, in columns, one series or one for each group. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KpiSeries"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getKpiDistribution: {
        parameters: {
            query?: {
                /** @description Which figure (default e2e_ms). */
                metric?: "e2e_ms" | "e2e_scheduled_ms" | "total_ms" | "ttft_ms" | "ttft_scheduled_ms" | "ttfo_ms" | "ttst_ms" | "itl_ms" | "icl_ms" | "tpot_ms" | "send_lag_ms" | "queue_ms" | "connect_ms" | "ttfb_ms" | "ntpot_ms";
                /** @description Up to 20 numbers from 0 to 1 with commas between (default 0.5,0.95,0.99). */
                quantiles?: string;
                /** @description Begin of the window: a time, or now-7d (default now-24h). Widened to whole hours. */
                from?: string;
                /** @description End of the window (default now). Widened likewise. */
                to?: string;
                /** @description Single runs, requests of load tests, or of training (default run). */
                source?: "run" | "loadtest" | "training";
                /** @description Runs of this scenario. */
                scenario_id?: number;
                /** @description Runs of this automation. */
                automation_id?: number;
                /** @description Runs of the model of this name. */
                model?: string;
                /** @description Runs of this provider. */
                provider?: string;
                /** @description Runs at this location. */
                location?: string;
                /** @description Runs with this label, as far as it has figures of its own (/labels). */
                label?: string;
                /** @description Most bins of the histogram (default 50). */
                bins?: number;
                /** @description One distribution for each, with bins in common. */
                group_by?: ("scenario" | "automation" | "model" | "provider" | "location" | "label")[];
                /** @description Most distributions (default 10). */
                limit?: number;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Histogram and distribution function of a metric. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KpiDistribution"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getKpiHeatmap: {
        parameters: {
            query?: {
                /** @description Which figure (default e2e_ms). */
                metric?: "e2e_ms" | "e2e_scheduled_ms" | "total_ms" | "ttft_ms" | "ttft_scheduled_ms" | "ttfo_ms" | "ttst_ms" | "itl_ms" | "icl_ms" | "tpot_ms" | "send_lag_ms" | "queue_ms" | "connect_ms" | "ttfb_ms" | "ntpot_ms";
                /** @description Begin of the window: a time, or now-7d (default now-24h). Widened to whole hours. */
                from?: string;
                /** @description End of the window (default now). Widened likewise. */
                to?: string;
                /** @description Single runs, requests of load tests, or of training (default run). */
                source?: "run" | "loadtest" | "training";
                /** @description Runs of this scenario. */
                scenario_id?: number;
                /** @description Runs of this automation. */
                automation_id?: number;
                /** @description Runs of the model of this name. */
                model?: string;
                /** @description Runs of this provider. */
                provider?: string;
                /** @description Runs at this location. */
                location?: string;
                /** @description Runs with this label, as far as it has figures of its own (/labels). */
                label?: string;
                /** @description Width of a bucket, a multiple of 3600 (default: so that there are at most 120). */
                bucket_seconds?: number;
                /** @description Most rows (default 50). */
                bins?: number;
            };
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How the values of a metric are spread, over time. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KpiHeatmap"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getOpenapi: {
        parameters: {
            query?: never;
            header?: {
                /** @description 304 if the entity tag is still the same. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description This document. */
            200: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    /** @description For If-None-Match and If-Match. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenApiDocument"];
                };
            };
            /** @description It is still what If-None-Match names. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    RateLimit: components["headers"]["RateLimit"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
