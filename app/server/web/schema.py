"""The OpenAPI document: paths of commands and record kinds written out from their descriptions."""

from collections.abc import Mapping
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.domain.commands import BY_NAME, Command
from app.domain.records import KINDS, Field, Kind
from app.server.web.commanding import SERVERS_OWN

_TYPES: Mapping[str, dict[str, Any]] = {
    "integer": {"type": "integer"}, "money": {"type": "number"}, "yes_no": {"type": "boolean"},
    "date": {"type": "string", "format": "date"}, "time": {"type": "string", "format": "date-time"},
}  # fmt: skip


def describe(app: FastAPI) -> None:
    """Make `app.openapi` give the whole document, made once."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(title=app.title, version=app.version, routes=app.routes)
            _add(document)
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _add(document: dict[str, Any]) -> None:
    paths = document["paths"]
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    document["security"] = [{"token": []}]
    paths["/api/v1/health"]["get"]["security"] = paths["/api/v1/login"]["post"]["security"] = []
    paths["/api/v1/login"]["post"]["requestBody"] = _body(
        {"type": "object", "required": ["user", "password"],
         "properties": {"user": {"type": "string"}, "password": {"type": "string", "format": "password"}}}
    )  # fmt: skip
    paths.pop("/api/v1/commands/{name}")
    for name, command in BY_NAME.items():
        schemas[name] = _command_schema(command)
        paths[f"/api/v1/commands/{name}"] = {
            "post": {
                "tags": ["commands"], "summary": name, "operationId": name,
                "description": (command.__doc__ or "").split("\n\n")[0],
                "requestBody": _body({"$ref": f"#/components/schemas/{name}"}),
                "responses": {"200": {"description": "events"}, "409": {"description": "refused"},
                              "422": {"description": "wrong_fields"}},
            }
        }  # fmt: skip
    for kind in KINDS.values():
        schemas[kind.name] = _kind_schema(kind)
        body = _body({"$ref": f"#/components/schemas/{kind.name}"})
        for template in [path for path in paths if path.startswith("/api/v1/records/{kind_name}")]:
            operations = {method: _for_kind(operation, kind) for method, operation in paths[template].items()}
            for method in ("post", "put"):
                if method in operations:
                    operations[method]["requestBody"] = body
            paths[template.replace("{kind_name}", kind.name)] = operations
    for template in [path for path in paths if "{kind_name}" in path]:
        paths.pop(template)


def _for_kind(operation: dict[str, Any], kind: Kind) -> dict[str, Any]:
    rest = [one for one in operation.get("parameters", []) if one["name"] != "kind_name"]
    return operation | {"operationId": f"{operation['operationId']}_{kind.name}", "parameters": rest}


def _body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _command_schema(command: type[Command]) -> dict[str, Any]:
    _, components = msgspec.json.schema_components([command], ref_template="#/components/schemas/{name}")
    schema: dict[str, Any] = components[command.__name__]
    properties = {name: one for name, one in schema["properties"].items() if name not in SERVERS_OWN}
    properties["command_id"] = {"type": "string", "description": "the same id within 24 h is done once"}
    required = [name for name in schema.get("required", []) if name not in SERVERS_OWN]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _kind_schema(kind: Kind) -> dict[str, Any]:
    return {
        "type": "object", "description": f"{kind.label['zh_CN']} / {kind.label['en']}",
        "properties": {field.name: _field_schema(field) for field in kind.fields} | {"version": {"type": "integer"}},
        "required": [field.name for field in kind.fields if field.required and field.default is None],
    }  # fmt: skip


def _field_schema(field: Field) -> dict[str, Any]:
    schema = dict(_TYPES.get(field.type, {"type": "string"}))
    if field.type == "lines":
        columns = {column.name: _field_schema(column) for column in field.columns}
        schema = {"type": "array", "items": {"type": "object", "properties": columns}}
    if field.choices:
        schema["enum"] = [one.value for one in field.choices]
    return schema | {"title": f"{field.label['zh_CN']} / {field.label['en']}", "readOnly": field.given}
