import SQLText

/// What a partition has of its own and does not inherit: the part in which a new one must be like its siblings.
/// Names and definitions are as the catalog prints them.
package struct PartitionTemplate: Hashable, Sendable {
    /// The sibling that was read, or the parent where there is none yet.
    package var relation: RelationName
    package var owner: String
    /// Granted on the table; nil means never granted or revoked, so the owner's defaults hold.
    package var grants: [Grant]?
    package var columnGrants: [ColumnGrant]
    /// Roles that the owner's default privileges would give something to, and that have to lose it first.
    package var defaultGrantees: [String]
    package var rowSecurity: Bool
    package var forceRowSecurity: Bool
    /// `CREATE POLICY` in its parts.
    package var policies: [Policy]
    /// `name=value`, as in `pg_class.reloptions`.
    package var storageParameters: [String]
    package var toastParameters: [String]
    package var replicaIdentity: ReplicaIdentity
    package var tablespace: String?
    package var accessMethod: String?
    package var columns: [ColumnSetting]
    /// Triggers of the partition itself; those of the parent come with ATTACH.
    package var triggers: [Trigger]
    /// Identity columns of the siblings; on 17 and later ATTACH gives the partition the parent's.
    package var identityColumns: Bool
    /// Publications that name the partition itself.
    package var publications: [Publication]
    package var isUnlogged: Bool
    /// What cannot be given to a new partition, and is only compared with it.
    package var localObjects: [LocalObject]

    package init(
        relation: RelationName, owner: String, grants: [Grant]? = nil, columnGrants: [ColumnGrant] = [],
        defaultGrantees: [String] = [], rowSecurity: Bool = false, forceRowSecurity: Bool = false,
        policies: [Policy] = [], storageParameters: [String] = [], toastParameters: [String] = [],
        replicaIdentity: ReplicaIdentity = .primaryKey, tablespace: String? = nil, accessMethod: String? = nil,
        columns: [ColumnSetting] = [], triggers: [Trigger] = [], identityColumns: Bool = false,
        publications: [Publication] = [], isUnlogged: Bool = false,
        localObjects: [LocalObject] = []
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
    }

    /// What the first partition of a table has, `self` being what the table itself has.
    ///
    /// Nobody but the owner gets anything on it: access goes through the table, by its grants and its policies. Where
    /// row-level security holds for the table it holds for the partition too, and without a policy: what a grant that
    /// somebody gives later would show is nothing, until there is a policy. The rest is what PARTITION OF would do.
    package var forFirstPartition: PartitionTemplate {
        PartitionTemplate(
            relation: relation, owner: owner, defaultGrantees: defaultGrantees, rowSecurity: rowSecurity,
            forceRowSecurity: forceRowSecurity, tablespace: tablespace, accessMethod: accessMethod)
    }

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
    }

    package enum ReplicaIdentity: Hashable, Sendable {
        case primaryKey
        case full
        case nothing
        /// An index that is part of the parent's index of that name.
        case index(parentIndex: RelationName)
        /// An index that only the template has, which a new partition cannot have.
        case localIndex(String)
    }

    /// A column whose settings differ from what LIKE gives it.
    package struct ColumnSetting: Hashable, Sendable {
        package var name: String
        package var statisticsTarget: Int?
        /// `n_distinct=…`
        package var options: [String]
        /// PLAIN, EXTERNAL, EXTENDED, MAIN; nil where it is the parent's.
        package var storage: String?
        /// pglz, lz4, default; nil where it is the parent's.
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

    /// What a publication takes from the table; nil is all columns, and all rows.
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
        /// Without its own name and the table's, so that two tables' can be compared.
        package var definition: String

        package init(kind: String, name: String, definition: String) {
            self.kind = kind
            self.name = name
            self.definition = definition
        }
    }

    package struct Trigger: Hashable, Sendable {
        package var name: String
        /// `pg_get_triggerdef`, up to and with ` ON `, and what follows the table's name.
        package var head: String
        package var tail: String
        package var state: State
        /// Whether it is the clone of a trigger of the parent, which comes with ATTACH.
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
