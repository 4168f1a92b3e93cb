"""Says everything that is wrong with a flow before a caller finds it.

Works on the document, so that a file from a stranger is judged before anything of it
is believed. What the site has (prompts, queues …) is handed in.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from app.domain.flow import check_fields
from app.domain.flow.check_fields import Place, Surroundings
from app.domain.flow.definition import FILE_KEYS, LANGUAGES, Definition, Node, NotAFlow, parse
from app.domain.flow.node import NodeType
from app.domain.flow.nodes import TYPES
from app.domain.flow.problem import Problem, error, nearest, warning

MOST_NODES = 2000
NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")
VARIABLE_KEYS = ("type", "secret", "default")
VARIABLE_TYPES = ("text", "digits", "number", "money", "date", "time", "boolean", "record")


def check(document: Mapping[str, Any], around: Surroundings | None = None) -> list[Problem]:
    """All problems, those of the flow first, then node by node; [] when it may be published."""
    around = around or Surroundings()
    found = list(_keys_of_the_file(document))
    try:
        flow = parse(document)
    except NotAFlow as reason:
        at = reason.where.split(".")[1] if reason.where.startswith("nodes.") else ""
        place = f"{reason.where}：" if reason.where else ""
        return [
            *found,
            error("not_a_flow", at, f"无法读取：{place}{reason.reason}", f"cannot be read: {reason}"),
        ]
    if len(flow.nodes) > MOST_NODES:
        text = (f"超过 {MOST_NODES} 个节点", f"more than {MOST_NODES} nodes")
        return [*found, error("too_large", "", *text)]
    found += [*_beginnings(flow), *_variables(flow, document)]
    for node in flow.nodes.values():
        found += _node(flow, node, around)
    return [*found, *_unreachable(flow), *_endless(flow)]


def _keys_of_the_file(document: Mapping[str, Any]) -> Iterator[Problem]:
    for key in document:
        if key not in FILE_KEYS:
            zh, en = nearest(key, FILE_KEYS)
            yield error("unknown_key", "", f"不认识“{key}”{zh}", f"unknown key {key!r}{en}")


def _beginnings(flow: Definition) -> Iterator[Problem]:
    for what, name in (("start", flow.start), ("on_error", flow.on_error), ("on_hang_up", flow.on_hang_up)):
        if name is not None and name not in flow.nodes:
            zh, en = nearest(name, flow.nodes)
            yield error(
                "exit_to_nowhere", "", f"{what}：没有节点“{name}”{zh}", f"{what}: no node {name!r}{en}"
            )
    if flow.on_error is None:
        yield warning("no_on_error", "", "没有出错处理，出错时会挂机", "no on_error: an error hangs up")
    for language in LANGUAGES:
        if language not in flow.title:
            yield warning("missing_title", "", f"缺少 {language} 的标题", f"no title in {language}")


def _variables(flow: Definition, document: Mapping[str, Any]) -> Iterator[Problem]:
    for name, variable in flow.variables.items():
        if not NAME.fullmatch(name) or name in check_fields.GIVEN:
            yield error("bad_name", "", f"变量名“{name}”不可用", f"{name!r} cannot name a variable")
        if variable.type not in VARIABLE_TYPES:
            zh, en = nearest(variable.type, VARIABLE_TYPES)
            yield error(
                "wrong_value",
                "",
                f"变量 {name}：没有类型“{variable.type}”{zh}",
                f"variable {name}: no type {variable.type!r}{en}",
            )
        for key in document["variables"][name]:
            if key not in VARIABLE_KEYS:
                zh, en = nearest(key, VARIABLE_KEYS)
                yield error(
                    "unknown_key", "", f"变量 {name}：不认识“{key}”{zh}", f"variable {name}: {key!r}{en}"
                )


def _node(flow: Definition, node: Node, around: Surroundings) -> Iterator[Problem]:
    if not NAME.fullmatch(node.name):
        yield error(
            "bad_name",
            node.name,
            "节点名应为小写字母、数字和下划线",
            "names are lower-case letters, digits, _",
        )
    type = TYPES.get(node.type)
    if type is None:
        zh, en = nearest(node.type, TYPES)
        yield error(
            "unknown_type", node.name, f"没有节点类型“{node.type}”{zh}", f"no node type {node.type!r}{en}"
        )
        return
    yield from _fields(flow, node, type, around)
    yield from _exits(flow, node, type)
    for code, text in type.problems(node):
        yield Problem(code=code, node=node.name, text=text)


def _fields(flow: Definition, node: Node, type: NodeType, around: Surroundings) -> Iterator[Problem]:
    fields = {field.name: field for field in type.fields}
    for name, value in node.fields.items():
        if name not in fields:
            zh, en = nearest(name, [*fields, "type", "exits"])
            yield error("unknown_key", node.name, f"不认识“{name}”{zh}", f"unknown key {name!r}{en}")
        elif value is not None:
            place = Place(
                node=node.name,
                type=node.type,
                field=fields[name],
                variables=flow.variables.keys(),
                nodes=flow.nodes.keys(),
                around=around,
            )
            yield from check_fields.problems(place, value)
    for name, field in fields.items():
        if field.required and node.fields.get(name) is None:
            label = field.label["zh_CN"]
            yield error("missing_field", node.name, f"缺少 {name}（{label}）", f"{name} is missing")


def _exits(flow: Definition, node: Node, type: NodeType) -> Iterator[Problem]:
    for name, target in node.exits.items():
        if name not in type.exit_names:
            zh, en = nearest(name, type.exit_names)
            yield error("unknown_exit", node.name, f"没有出口“{name}”{zh}", f"no exit {name!r}{en}")
        if target not in flow.nodes:
            zh, en = nearest(target, flow.nodes)
            yield error(
                "exit_to_nowhere",
                node.name,
                f"出口 {name}：没有节点“{target}”{zh}",
                f"exit {name}: no node {target!r}{en}",
            )
    for way in type.exits:
        if way.required and way.name not in node.exits:
            yield error(
                "missing_exit",
                node.name,
                f"出口 {way.name}（{way.label['zh_CN']}）没有连接",
                f"exit {way.name} leads nowhere",
            )


def ways(node: Node) -> list[str]:
    """Where a node may go: its exits and its keys."""
    type = TYPES.get(node.type)
    found = list(node.exits.values())
    for field in type.fields if type else ():
        value = node.fields.get(field.name)
        if field.kind == "keys" and isinstance(value, Mapping):
            found += [target for target in value.values() if isinstance(target, str)]
        elif field.kind == "node" and isinstance(value, str):
            found.append(value)
    return found


def _unreachable(flow: Definition) -> Iterator[Problem]:
    open = [name for name in (flow.start, flow.on_error, flow.on_hang_up) if name in flow.nodes and name]
    reached = set(open)
    while open:
        for target in ways(flow.nodes[open.pop()]):
            if target in flow.nodes and target not in reached:
                reached.add(target)
                open.append(target)
    for name in flow.nodes:
        if name not in reached:
            yield error("unreachable", name, "没有路通到这个节点", "no way leads to this node")


def _endless(flow: Definition) -> Iterator[Problem]:
    """Circles in which nothing ever waits. Each is told once, at its first node."""
    quick = {name: node for name, node in flow.nodes.items() if _never_waits(node)}
    state: dict[str, int] = {}  # 1: on the path, 2: done
    for begin in quick:
        path: list[tuple[str, Iterator[str]]] = []
        if begin not in state:
            state[begin] = 1
            path.append((begin, iter(ways(quick[begin]))))
        while path:
            name, onward = path[-1]
            target = next(onward, None)
            if target is None:
                state[name] = 2
                path.pop()
            elif target in quick and target not in state:
                state[target] = 1
                path.append((target, iter(ways(quick[target]))))
            elif state.get(target) == 1:
                circle = [step for step, _ in path]
                shown = " → ".join([*circle[circle.index(target) :], target])
                yield error(
                    "endless_loop", target, f"不等待的死循环：{shown}", f"a circle without a wait: {shown}"
                )


def _never_waits(node: Node) -> bool:
    type = TYPES.get(node.type)
    return type is not None and type.resume is None
