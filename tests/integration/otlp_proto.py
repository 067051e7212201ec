# SPDX-License-Identifier: Apache-2.0
"""Messages of OTLP for traces as opentelemetry-proto 1 has them, made with python3-protobuf from this table: what SDKs send, and nothing
that the module was built with."""
import base64

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

TYPES = {"bytes": 12, "string": 9, "int64": 3, "uint32": 13, "fixed64": 6, "fixed32": 7, "double": 1, "bool": 8, "int32": 5}

# message: (field, number, type, or [type] if it is repeated); "value" of AnyValue is a oneof
MESSAGES = {
    "ExportTraceServiceRequest": [("resource_spans", 1, ["ResourceSpans"])],
    "ExportTraceServiceResponse": [("partial_success", 1, "ExportTracePartialSuccess")],
    "ExportTracePartialSuccess": [("rejected_spans", 1, "int64"), ("error_message", 2, "string")],
    "ResourceSpans": [("resource", 1, "Resource"), ("scope_spans", 2, ["ScopeSpans"]), ("schema_url", 3, "string")],
    "Resource": [("attributes", 1, ["KeyValue"]), ("dropped_attributes_count", 2, "uint32")],
    "ScopeSpans": [("scope", 1, "InstrumentationScope"), ("spans", 2, ["Span"]), ("schema_url", 3, "string")],
    "InstrumentationScope": [("name", 1, "string"), ("version", 2, "string"), ("attributes", 3, ["KeyValue"])],
    "Span": [("trace_id", 1, "bytes"), ("span_id", 2, "bytes"), ("trace_state", 3, "string"), ("parent_span_id", 4, "bytes"), ("flags", 16, "fixed32"),
             ("name", 5, "string"), ("kind", 6, "int32"), ("start_time_unix_nano", 7, "fixed64"), ("end_time_unix_nano", 8, "fixed64"),
             ("attributes", 9, ["KeyValue"]), ("dropped_attributes_count", 10, "uint32"), ("events", 11, ["Event"]), ("links", 13, ["Link"]),
             ("status", 15, "Status")],
    "Event": [("time_unix_nano", 1, "fixed64"), ("name", 2, "string"), ("attributes", 3, ["KeyValue"])],
    "Link": [("trace_id", 1, "bytes"), ("span_id", 2, "bytes")],
    "Status": [("message", 2, "string"), ("code", 3, "int32")],
    "KeyValue": [("key", 1, "string"), ("value", 2, "AnyValue")],
    "AnyValue": [("string_value", 1, "string"), ("bool_value", 2, "bool"), ("int_value", 3, "int64"), ("double_value", 4, "double"),
                 ("array_value", 5, "ArrayValue"), ("kvlist_value", 6, "KeyValueList"), ("bytes_value", 7, "bytes")],
    "ArrayValue": [("values", 1, ["AnyValue"])],
    "KeyValueList": [("values", 1, ["KeyValue"])],
    "RpcStatus": [("code", 1, "int32"), ("message", 2, "string")],
}


def make():
    file = descriptor_pb2.FileDescriptorProto(name="otlp_test.proto", package="otlp_test", syntax="proto3")
    for name, fields in MESSAGES.items():
        message = file.message_type.add(name=name)
        if name == "AnyValue":
            message.oneof_decl.add(name="value")
        for field, number, kind in fields:
            repeated, kind = (True, kind[0]) if isinstance(kind, list) else (False, kind)
            made = message.field.add(name=field, number=number, label=3 if repeated else 1)
            if kind in TYPES:
                made.type = TYPES[kind]
            else:
                made.type, made.type_name = 11, f".otlp_test.{kind}"
            if name == "AnyValue":
                made.oneof_index = 0
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    factory = message_factory.MessageFactory(pool)
    return {name: factory.GetPrototype(pool.FindMessageTypeByName(f"otlp_test.{name}")) for name in MESSAGES}


M = make()


def put_value(any_value, value):
    if isinstance(value, bool):
        any_value.bool_value = value
    elif isinstance(value, int):
        any_value.int_value = value
    elif isinstance(value, float):
        any_value.double_value = value
    elif isinstance(value, bytes):
        any_value.bytes_value = value
    elif isinstance(value, list):
        any_value.array_value.SetInParent()
        for element in value:
            put_value(any_value.array_value.values.add(), element)
    elif isinstance(value, dict):
        any_value.kvlist_value.SetInParent()
        put_pairs(any_value.kvlist_value.values, value)
    elif value is not None:
        any_value.string_value = value


def put_pairs(pairs, values):
    for key, value in values.items():
        put_value(pairs.add(key=key).value, value)


def request(spans, resource=None, scope=("test", "1")):
    """spans: dicts of trace_id, span_id (hex), parent_id, name, start, end (ns), attributes, status, message, events."""
    made = M["ExportTraceServiceRequest"]()
    group = made.resource_spans.add()
    put_pairs(group.resource.attributes, resource or {})
    inner = group.scope_spans.add()
    inner.scope.name, inner.scope.version = scope
    for s in spans:
        span = inner.spans.add(trace_id=bytes.fromhex(s["trace_id"]), span_id=bytes.fromhex(s["span_id"]), name=s.get("name", ""), kind=1,
                               parent_span_id=bytes.fromhex(s.get("parent_id", "")), start_time_unix_nano=s.get("start", 0), end_time_unix_nano=s.get("end", 0))
        put_pairs(span.attributes, s.get("attributes", {}))
        if "status" in s:
            span.status.code, span.status.message = s["status"], s.get("message", "")
        for name, attributes in s.get("events", []):
            put_pairs(span.events.add(name=name, time_unix_nano=s["start"]).attributes, attributes)
    return made


def json_value(value):
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, list):
        return {"arrayValue": {"values": [json_value(v) for v in value]}}
    if isinstance(value, dict):
        return {"kvlistValue": {"values": json_pairs(value)}}
    if isinstance(value, bytes):
        return {"bytesValue": base64.b64encode(value).decode()}
    return {"stringValue": value} if value is not None else {}


def json_pairs(values):
    return [{"key": k, "value": json_value(v)} for k, v in values.items()]


def json_request(spans, resource=None, scope=("test", "1")):
    """The same in JSON."""
    made = []
    for s in spans:
        span = {"traceId": s["trace_id"], "spanId": s["span_id"], "name": s.get("name", ""), "kind": 1, "attributes": json_pairs(s.get("attributes", {})),
                "startTimeUnixNano": str(s.get("start", 0)), "endTimeUnixNano": str(s.get("end", 0))}
        if "parent_id" in s:
            span["parentSpanId"] = s["parent_id"]
        if "status" in s:
            span["status"] = {"code": s["status"], "message": s.get("message", "")}
        span["events"] = [{"name": name, "attributes": json_pairs(attributes)} for name, attributes in s.get("events", [])]
        made.append(span)
    return {"resourceSpans": [{"resource": {"attributes": json_pairs(resource or {})},
                               "scopeSpans": [{"scope": dict(zip(("name", "version"), scope)), "spans": made}]}]}
