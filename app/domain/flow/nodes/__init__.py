"""The node types, one file each. A new file here is a new node type."""

import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType

from app.domain.flow.node import NodeType


def _found() -> dict[str, NodeType]:
    modules = sorted(module.name for module in pkgutil.iter_modules(__path__))
    types: list[NodeType] = [importlib.import_module(f"{__name__}.{name}").NODE for name in modules]
    return {type.name: type for type in types}


TYPES: Mapping[str, NodeType] = MappingProxyType(_found())
