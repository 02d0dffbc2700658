import SQLText

/// The properties of a partition that it does not get from its parent, and that a new partition has to copy from a
/// sibling. Names are not quoted; definitions are as the server prints them.
package struct PartitionTemplate: Hashable, Sendable {
    /// The sibling that was read, or the parent if there is no sibling yet.
    package var relation: RelationName
    package var owner: String
    /// The table's ACL; nil if nothing was ever granted or revoked, so that the built-in defaults apply.
    package var grants: [Grant]?
    package var columnGrants: [ColumnGrant]
    /// The grantees of the owner's default privileges, whose privileges on a new table have to be revoked first.
    package var defaultGrantees: [String]
    package var rowSecurity: Bool
    package var forceRowSecurity: Bool
    /// Row-level security policies.
    package var policies: [Policy]
    /// `name=value`, as in `pg_class.reloptions`.
    package var storageParameters: [String]
    package var toastParameters: [String]
    package var replicaIdentity: ReplicaIdentity
    package var tablespace: String?
    package var accessMethod: String?
    package var columns: [ColumnSetting]
    /// The partition's own triggers, and its clones of the parent's triggers, which ATTACH PARTITION creates, for their
    /// state.
    package var triggers: [Trigger]
    /// Whether it has identity columns. From PostgreSQL 17 on, they come from the parent with ATTACH PARTITION.
    package var identityColumns: Bool
    /// The publications that list the partition itself.
    package var publications: [Publication]
    package var isUnlogged: Bool
    /// Indexes and constraints that the parent does not have. They are not copied to a new partition, only compared.
    package var localObjects: [LocalObject]
    /// What a policy or trigger of its own uses of others', so that its text must not be sent as the owner of the parent.
    package var foreignCode: ForeignCode?

    package init(
        relation: RelationName, owner: String, grants: [Grant]? = nil, columnGrants: [ColumnGrant] = [],
        defaultGrantees: [String] = [], rowSecurity: Bool = false, forceRowSecurity: Bool = false,
        policies: [Policy] = [], storageParameters: [String] = [], toastParameters: [String] = [],
        replicaIdentity: ReplicaIdentity = .primaryKey, tablespace: String? = nil, accessMethod: String? = nil,
        columns: [ColumnSetting] = [], triggers: [Trigger] = [], identityColumns: Bool = false,
        publications: [Publication] = [], isUnlogged: Bool = false,
        localObjects: [LocalObject] = [], foreignCode: ForeignCode? = nil
    ) {
        self.relation = relation
        self.owner = owner
        self.grants = grants
        self.columnGrants = columnGrants
        self.defaultGrantees = defaultGrantees
        self.rowSecurity = rowSecurity
        self.forceRowSecurity = forceRowSecurity
        self.policies = policies
        self.storageParameters = storageParameters
        self.toastParameters = toastParameters
        self.replicaIdentity = replicaIdentity
        self.tablespace = tablespace
        self.accessMethod = accessMethod
        self.columns = columns
        self.triggers = triggers
        self.identityColumns = identityColumns
        self.publications = publications
        self.isUnlogged = isUnlogged
        self.localObjects = localObjects
        self.foreignCode = foreignCode
    }

    /// The template for the first partition of a table, where `self` describes the table itself.
    ///
    /// Only the owner gets privileges on it: others access it through the table, by the table's grants and policies. If
    /// the table has row-level security, the partition gets it too, but no policy, so that a later grant on the
    /// partition shows no rows until somebody creates a policy. Otherwise it is what CREATE TABLE ... PARTITION OF
    /// would create.
    package var forFirstPartition: PartitionTemplate {
        PartitionTemplate(
            relation: relation, owner: owner, defaultGrantees: defaultGrantees, rowSecurity: rowSecurity,
            forceRowSecurity: forceRowSecurity, tablespace: tablespace, accessMethod: accessMethod)
    }

    /// Whether it has expressions that the server parses again for a new partition.
    package var hasTexts: Bool { !policies.isEmpty || triggers.contains { !$0.isCloned } }

    /// One privilege of one role; an empty grantee is PUBLIC.
    package struct Grant: Hashable, Sendable {
        package var grantee: String
        package var privilege: String
        package var isGrantable: Bool

        package init(grantee: String, privilege: String, isGrantable: Bool) {
            self.grantee = grantee
            self.privilege = privilege
            self.isGrantable = isGrantable
        }

        package static func == (left: Grant, right: Grant) -> Bool {
            left.grantee.isSame(as: right.grantee) && left.privilege == right.privilege
                && left.isGrantable == right.isGrantable
        }
    }

    package struct ColumnGrant: Hashable, Sendable {
        package var column: String
        package var grant: Grant

        package init(column: String, grant: Grant) {
            self.column = column
            self.grant = grant
        }
    }

    package struct Policy: Hashable, Sendable {
        package var name: String
        package var isPermissive: Bool
        /// ALL, SELECT, INSERT, UPDATE or DELETE.
        package var command: String
        /// An empty name is PUBLIC.
        package var roles: [String]
        package var using: String?
        package var check: String?

        package init(
            name: String, isPermissive: Bool, command: String, roles: [String], using: String?, check: String?
        ) {
            self.name = name
            self.isPermissive = isPermissive
            self.command = command
            self.roles = roles
            self.using = using
            self.check = check
        }

        package static func == (left: Policy, right: Policy) -> Bool {
            left.name.isSame(as: right.name) && left.isPermissive == right.isPermissive
                && left.command == right.command
                && left.roles.elementsEqual(right.roles) { $0.isSame(as: $1) }
                && left.using.isSame(as: right.using) && left.check.isSame(as: right.check)
        }
    }

    package enum ReplicaIdentity: Hashable, Sendable {
        case primaryKey
        case full
        case nothing
        /// An index that is part of the parent's index of that name.
        case index(parentIndex: RelationName)
        /// An index that the parent does not have, and therefore a new partition neither.
        case localIndex(String)
    }

    /// A column with settings that CREATE TABLE ... LIKE does not copy.
    package struct ColumnSetting: Hashable, Sendable {
        package var name: String
        package var statisticsTarget: Int?
        /// `n_distinct=…`
        package var options: [String]
        /// PLAIN, EXTERNAL, EXTENDED or MAIN; nil if it is the parent's.
        package var storage: String?
        /// pglz, lz4 or default; nil if it is the parent's.
        package var compression: String?

        package init(
            name: String, statisticsTarget: Int?, options: [String], storage: String?, compression: String? = nil
        ) {
            self.name = name
            self.statisticsTarget = statisticsTarget
            self.options = options
            self.storage = storage
            self.compression = compression
        }
    }

    /// What a publication publishes of the table: `columns` (nil for all), and rows that match `filter` (nil for all).
    package struct Publication: Hashable, Sendable {
        package var name: String
        package var columns: [String]?
        package var filter: String?

        package init(name: String, columns: [String]? = nil, filter: String? = nil) {
            self.name = name
            self.columns = columns
            self.filter = filter
        }
    }

    /// An index or a constraint of the partition that its parent does not have.
    package struct LocalObject: Hashable, Sendable {
        /// `index` or `constraint`.
        package var kind: String
        package var name: String
        /// Without its own name and the table's, so that those of two tables can be compared.
        package var definition: String

        package init(kind: String, name: String, definition: String) {
            self.kind = kind
            self.name = name
            self.definition = definition
        }
    }

    package struct Trigger: Hashable, Sendable {
        package var name: String
        /// The output of `pg_get_triggerdef` before the table's name, including ` ON `, and after it.
        package var head: String
        package var tail: String
        package var state: State
        /// Whether it is the clone of a trigger of the parent, which ATTACH PARTITION creates.
        package var isCloned: Bool

        package enum State: String, Hashable, Sendable {
            case origin = "O"
            case disabled = "D"
            case replica = "R"
            case always = "A"
        }

        package init(name: String, head: String, tail: String, state: State, isCloned: Bool) {
            self.name = name
            self.head = head
            self.tail = tail
            self.state = state
            self.isCloned = isCloned
        }
    }
}
