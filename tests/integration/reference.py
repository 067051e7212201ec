# SPDX-License-Identifier: Apache-2.0
"""Every JSON answer that a test gets is held against the reference (docs/openapi.json, which a test holds against the server): all
members are declared, none is missing, each is of its type. An answer of a shape that was seen before is not looked at again."""
import json
import os
import re

import jsonschema

DOCUMENT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "openapi.json")
ELEMENTS = 20       # of a list that are looked at


def shape(value):
    """What an answer is made of, without its figures and longer texts: equal shapes fit the reference alike."""
    if isinstance(value, dict):
        return tuple(sorted((k, shape(v)) for k, v in value.items()))
    if isinstance(value, list):
        return frozenset(shape(v) for v in value[:ELEMENTS])
    if isinstance(value, str) and re.fullmatch("[a-z_]{1,20}", value):      # maybe one of an enumeration
        return value
    return type(value).__name__


def closed(schema):
    """The schema without room for members that it does not name."""
    if isinstance(schema, list):
        return [closed(s) for s in schema]
    if not isinstance(schema, dict):
        return schema
    made = {k: closed(v) for k, v in schema.items()}
    if isinstance(schema.get("properties"), dict) and "additionalProperties" not in schema:
        made["additionalProperties"] = False
    return made


class Reference:

    def __init__(self):
        with open(DOCUMENT, encoding="utf-8") as f:
            self.document = json.load(f)
        self.root = {"components": closed(self.document["components"])}
        texts = {p["name"] for item in self.document["paths"].values() for o in item.values() for p in o["parameters"]
                 if p["in"] == "path" and p["schema"]["type"] == "string"}

        def pattern(path):
            return re.sub(r"\\\{(\w+)\\\}", lambda m: "[^/]+" if m.group(1) in texts else r"\d+", re.escape(path).replace(r"\{key\}", r"[a-z_]+_[0-9a-f]{8}"))
        # a path that fits one with a text and one without means the latter
        self.paths = sorted(((re.compile(pattern(path) + "$"), path) for path in self.document["paths"]), key=lambda p: "[^/]+" in p[0].pattern)
        self.checked = set()        # (method, path, status)
        self.shapes = set()

    def schema_of(self, method, path, status, kind):
        """The schema of an answer, as a place in the document; None: there is none for this kind of content."""
        path = next((p for pattern, p in self.paths if pattern.match(path)), None)
        operation = self.document["paths"].get(path, {}).get(method.lower())
        if operation is None:
            return path, None
        declared = operation["responses"].get(str(status))
        if declared is None and status < 400:
            raise AssertionError(f"{method} {path} answers {status}, of which the reference knows nothing")
        content = (declared or operation["responses"]["default"]).get("content", {})
        if status >= 400 and kind not in content:
            content = operation["responses"]["default"]["content"]
        return path, content.get(kind, {}).get("schema")

    def invent(self, schema, **members):
        """The least that fits a schema (or the one of that name), with some members as given: for rows that a test makes up."""
        if isinstance(schema, str):
            schema = self.document["components"]["schemas"][schema]
        if "$ref" in schema:
            return self.invent(schema["$ref"].rsplit("/", 1)[1], **members)
        kinds = schema.get("type", "null")
        if "enum" in schema:
            return schema["enum"][0]
        if "null" in kinds:
            return None
        if kinds == "object":
            return {**{name: self.invent(schema["properties"][name]) for name in schema.get("required", [])}, **members}
        return {"string": "", "integer": 0, "number": 0, "boolean": False, "array": []}[kinds]

    def check(self, method, path, answer):
        kind = answer.headers.get("Content-Type", "").split(";")[0]
        if answer.request.method == "HEAD" or not kind.endswith("json") or not answer.content or answer.status_code == 206:
            return      # a part of an answer is httpd's own doing
        path, schema = self.schema_of(method, path.split("?")[0].rstrip("/"), answer.status_code, kind)
        if schema is None:
            return
        value = answer.json()
        seen = (method, path, answer.status_code, shape(value))
        if seen in self.shapes:
            return
        if isinstance(value, list):
            value = value[:ELEMENTS]
        validator = jsonschema.Draft202012Validator({**closed(schema), **self.root})
        error = jsonschema.exceptions.best_match(validator.iter_errors(value))
        assert error is None, f"{method} {path} does not fit the reference at {'/'.join(map(str, error.absolute_path))}: {error.message[:500]}"
        self.shapes.add(seen)
        self.checked.add((method, path, answer.status_code))


reference = Reference()
