"""What was written: one tree for each statement of CQL, without a word about schema or types.

Every node is a frozen value. Names are folded: an unquoted `Dog` is `dog`, a quoted one is what stood between the
quotes. Lists keep the order of the text and its repetitions. `Term` is what may stand for a value, `Selector` what may
stand in a select list; they share the generic nodes (`FunctionCall[Term]`, `FunctionCall[Selector]`) and nothing else.
What only ScyllaDB takes is marked (Scylla). `text.py` prints terms, relations and selectors as the server echoes them.
"""

from typing import TypeAlias

from coodie_memory.cql.ast.describe import (
    Describe,
    DescribeCluster,
    DescribeElement,
    DescribeGeneric,
    DescribeKeyspace,
    DescribeKind,
    DescribeListing,
    DescribeNames,
    DescribeSchema,
)
from coodie_memory.cql.ast.dml import (
    NO_USING,
    Batch,
    BatchKind,
    Delete,
    Insert,
    InsertJson,
    Modification,
    Ordering,
    Select,
    Truncate,
    Update,
    Use,
    Using,
)
from coodie_memory.cql.ast.levels import (
    AlterServiceLevel,
    AttachServiceLevel,
    CreateServiceLevel,
    DetachServiceLevel,
    DropServiceLevel,
    ListAttachedServiceLevels,
    ListEffectiveServiceLevel,
    ListServiceLevels,
)
from coodie_memory.cql.ast.names import (
    CustomTypeName,
    FrozenTypeName,
    ListTypeName,
    MapTypeName,
    NativeTypeName,
    QualifiedName,
    SetTypeName,
    TupleTypeName,
    TypeName,
    UserTypeName,
    VectorTypeName,
)
from coodie_memory.cql.ast.objects import (
    CreateAggregate,
    CreateFunction,
    CreateIndex,
    CreateTrigger,
    DropAggregate,
    DropFunction,
    DropIndex,
    DropTrigger,
    IndexTarget,
    IndexTargetKind,
)
from coodie_memory.cql.ast.relations import (
    Addition,
    Assignment,
    ColumnInRelation,
    ColumnRelation,
    ColumnTarget,
    Comparison,
    Condition,
    ElementRelation,
    ElementTarget,
    FieldTarget,
    IndexExpression,
    Membership,
    NotNullRelation,
    Operator,
    Prepend,
    Relation,
    SetValue,
    Subtraction,
    Target,
    TokenRelation,
    TupleInRelation,
    TupleRelation,
)
from coodie_memory.cql.ast.roles import (
    AddIdentity,
    AllFunctions,
    AllKeyspaces,
    AlterRole,
    CreateRole,
    DropIdentity,
    DropRole,
    FunctionResource,
    GrantPermissions,
    GrantRole,
    JmxResource,
    KeyspaceResource,
    ListPermissions,
    ListRoles,
    ListUsers,
    Permission,
    Resource,
    RevokePermissions,
    RevokeRole,
    RoleOptions,
    RoleResource,
    TableResource,
)
from coodie_memory.cql.ast.schema import (
    AddColumns,
    AddField,
    AlterColumnType,
    AlterFieldType,
    AlterKeyspace,
    AlterTable,
    AlterType,
    AlterView,
    ClusteringOrder,
    ColumnDefinition,
    ColumnMask,
    CreateKeyspace,
    CreateTable,
    CreateType,
    CreateView,
    DropColumns,
    DropCompactStorage,
    DropKeyspace,
    DropTable,
    DropType,
    DropView,
    FieldDefinition,
    MaskColumn,
    PrimaryKey,
    Property,
    Rename,
    RenameColumns,
    RenameFields,
    SetProperties,
    SetTtlColumn,
    TableChange,
    TypeChange,
)
from coodie_memory.cql.ast.selectors import (
    AttributeSelector,
    CellAttribute,
    ColumnSelector,
    CountRows,
    ElementSelector,
    FieldSelector,
    Selected,
    Selector,
    SliceSelector,
)
from coodie_memory.cql.ast.terms import (
    ArithmeticOperator,
    BinaryOp,
    Cast,
    FunctionCall,
    IntegerTerm,
    ListLiteral,
    Literal,
    LiteralKind,
    MapLiteral,
    Marker,
    Negation,
    Null,
    SetLiteral,
    Term,
    TupleLiteral,
    TypeHint,
    UserTypeLiteral,
)

DataStatement: TypeAlias = Select | Modification | Batch | Truncate
SchemaStatement: TypeAlias = (
    CreateKeyspace
    | AlterKeyspace
    | DropKeyspace
    | CreateTable
    | AlterTable
    | DropTable
    | CreateView
    | AlterView
    | DropView
    | CreateType
    | AlterType
    | DropType
    | CreateIndex
    | DropIndex
    | CreateFunction
    | DropFunction
    | CreateAggregate
    | DropAggregate
    | CreateTrigger
    | DropTrigger
)
LevelStatement: TypeAlias = (
    CreateServiceLevel
    | AlterServiceLevel
    | DropServiceLevel
    | AttachServiceLevel
    | DetachServiceLevel
    | ListServiceLevels
    | ListAttachedServiceLevels
    | ListEffectiveServiceLevel
)
RoleStatement: TypeAlias = (
    CreateRole
    | AlterRole
    | DropRole
    | GrantRole
    | RevokeRole
    | ListRoles
    | ListUsers
    | GrantPermissions
    | RevokePermissions
    | ListPermissions
    | AddIdentity
    | DropIdentity
    | LevelStatement
)
Statement: TypeAlias = DataStatement | SchemaStatement | RoleStatement | Describe | Use

__all__ = [
    "NO_USING",
    "AddColumns",
    "AddField",
    "AddIdentity",
    "Addition",
    "AllFunctions",
    "AllKeyspaces",
    "AlterColumnType",
    "AlterFieldType",
    "AlterKeyspace",
    "AlterRole",
    "AlterServiceLevel",
    "AlterTable",
    "AlterType",
    "AlterView",
    "ArithmeticOperator",
    "Assignment",
    "AttachServiceLevel",
    "AttributeSelector",
    "Batch",
    "BatchKind",
    "BinaryOp",
    "Cast",
    "CellAttribute",
    "ClusteringOrder",
    "ColumnDefinition",
    "ColumnInRelation",
    "ColumnMask",
    "ColumnRelation",
    "ColumnSelector",
    "ColumnTarget",
    "Comparison",
    "Condition",
    "CountRows",
    "CreateAggregate",
    "CreateFunction",
    "CreateIndex",
    "CreateKeyspace",
    "CreateRole",
    "CreateServiceLevel",
    "CreateTable",
    "CreateTrigger",
    "CreateType",
    "CreateView",
    "CustomTypeName",
    "DataStatement",
    "Delete",
    "Describe",
    "DescribeCluster",
    "DescribeElement",
    "DescribeGeneric",
    "DescribeKeyspace",
    "DescribeKind",
    "DescribeListing",
    "DescribeNames",
    "DescribeSchema",
    "DetachServiceLevel",
    "DropAggregate",
    "DropColumns",
    "DropCompactStorage",
    "DropFunction",
    "DropIdentity",
    "DropIndex",
    "DropKeyspace",
    "DropRole",
    "DropServiceLevel",
    "DropTable",
    "DropTrigger",
    "DropType",
    "DropView",
    "ElementRelation",
    "ElementSelector",
    "ElementTarget",
    "FieldDefinition",
    "FieldSelector",
    "FieldTarget",
    "FrozenTypeName",
    "FunctionCall",
    "FunctionResource",
    "GrantPermissions",
    "GrantRole",
    "IndexExpression",
    "IndexTarget",
    "IndexTargetKind",
    "Insert",
    "InsertJson",
    "IntegerTerm",
    "JmxResource",
    "KeyspaceResource",
    "LevelStatement",
    "ListAttachedServiceLevels",
    "ListEffectiveServiceLevel",
    "ListLiteral",
    "ListPermissions",
    "ListRoles",
    "ListServiceLevels",
    "ListTypeName",
    "ListUsers",
    "Literal",
    "LiteralKind",
    "MapLiteral",
    "MapTypeName",
    "Marker",
    "MaskColumn",
    "Membership",
    "Modification",
    "NativeTypeName",
    "Negation",
    "NotNullRelation",
    "Null",
    "Operator",
    "Ordering",
    "Permission",
    "Prepend",
    "PrimaryKey",
    "Property",
    "QualifiedName",
    "Relation",
    "Rename",
    "RenameColumns",
    "RenameFields",
    "Resource",
    "RevokePermissions",
    "RevokeRole",
    "RoleOptions",
    "RoleResource",
    "RoleStatement",
    "SchemaStatement",
    "Select",
    "Selected",
    "Selector",
    "SetLiteral",
    "SetProperties",
    "SetTtlColumn",
    "SetTypeName",
    "SetValue",
    "SliceSelector",
    "Statement",
    "Subtraction",
    "TableChange",
    "TableResource",
    "Target",
    "Term",
    "TokenRelation",
    "Truncate",
    "TupleInRelation",
    "TupleLiteral",
    "TupleRelation",
    "TupleTypeName",
    "TypeChange",
    "TypeHint",
    "TypeName",
    "Update",
    "Use",
    "UserTypeLiteral",
    "UserTypeName",
    "Using",
    "VectorTypeName",
]
