import SQLText

/// An object that pgtend should maintain but leaves alone, and why. It does not make the run fail, but it is always
/// reported.
package struct Refusal: Hashable, Sendable {
    package var task: TaskKind
    package var object: RelationName
    package var reason: Reason
    /// What was found, as one sentence.
    package var explanation: String
    package var cure: Cure

    package init(task: TaskKind, object: RelationName, reason: Reason, explanation: String, cure: Cure) {
        self.task = task
        self.object = object
        self.reason = reason
        self.explanation = explanation
        self.cure = cure
    }

    /// For programs. The words are permanent.
    package enum Reason: String, CaseIterable, Hashable, Sendable {
        case notRangePartitioned = "not_range_partitioned"
        case severalKeyColumns = "several_key_columns"
        case expressionKey = "expression_key"
        case unsupportedKeyType = "unsupported_key_type"
        case subpartitioned = "subpartitioned"
        case unknownInterval = "unknown_interval"
        case unknownZone = "unknown_zone"
        case unknownNaming = "unknown_naming"
        case overlap
        case nameTaken = "name_taken"
        case rowsInDefault = "rows_in_default"
        case notOwner = "not_owner"
        case noOneOwner = "no_one_owner"
        case foreignCode = "foreign_code"
        case locked
        case noUniqueIndex = "no_unique_index"
        case noTable = "no_table"
        case noTemporary = "no_temporary"
        case missing
        case unreadable
    }
}

extension Refusal {
    /// - Parameter role: the role whose code would run; nil for the role that pgtend connects as.
    static func noSandbox(
        _ task: TaskKind, _ object: RelationName, of role: String?, in database: String
    ) -> Refusal {
        let who = role ?? "the role that pgtend connects as"
        return Refusal(
            task: task, object: object, reason: .noTemporary,
            explanation:
                "\(who) has no TEMPORARY on the database, or no USAGE on the language plpgsql, and code of its "
                + "objects could not be kept within its rights: that takes a temporary procedure",
            cure: role.map {
                .statement(
                    "GRANT TEMPORARY ON DATABASE \(RelationName.quoted(database)) TO \(RelationName.quoted($0))")
            } ?? "grant that role TEMPORARY ON DATABASE \(RelationName.quoted(database)), and USAGE ON LANGUAGE plpgsql"
        )
    }
}

extension Refusal {
    /// The statement that lets pgtend's role become the owner of an object, or what to do instead where that is a superuser.
    ///
    /// - Parameter object: a table or a materialized view.
    static func membershipCure(
        in owner: String, isSuperuser: Bool, of object: RelationName, on server: ServerFacts
    ) -> Cure {
        let grant = server.membership(in: owner)
        return isSuperuser ? .advice(avoidingSuperuser(for: object, insteadOf: grant)) : .statement(grant)
    }

    /// Whoever may become a superuser is one.
    package static func avoidingSuperuser(for object: RelationName, insteadOf grant: String) -> String {
        "give \(object) to a role that is no superuser (ALTER TABLE \(object) OWNER TO ...), and let pgtend's role become that; "
            + "\(grant) would make pgtend a superuser"
    }
}

extension ServerFacts {
    /// The statement that lets pgtend's role become that one.
    func membership(in owner: String) -> String {
        "GRANT \(RelationName.quoted(owner)) TO \(RelationName.quoted(role))"
            + (capabilities.has(.membershipOptions) ? " WITH SET TRUE" : "")
    }
}

/// A refusal, thrown by a planner.
struct Refused: Error {
    let refusal: Refusal
}

/// Something about an object that is worth reporting, and that no step of the plan changes.
package struct Finding: Hashable, Sendable {
    package var task: TaskKind
    package var object: RelationName
    package var message: String

    package init(task: TaskKind, object: RelationName, message: String) {
        self.task = task
        self.object = object
        self.message = message
    }
}
