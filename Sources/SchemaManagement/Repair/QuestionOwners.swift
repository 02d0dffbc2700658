import SQLText
import SchemaDesign

extension CatalogFacts {
    /// Neither a table nor a view, so that it cannot be held while it is read.
    func cannotBeHeld(_ relation: String) -> Bool {
        [.materializedView, .foreignTable].contains { contains(CatalogObject($0, relation)) }
    }

    /// Whether it is a table, a partition of one, or a view.
    func hasRows(_ relation: String) -> Bool {
        contains(CatalogObject(.table, relation)) || isView(relation)
            || objects(.partition).contains { $0.name.isSame(as: relation) }
    }

    private func isView(_ relation: String) -> Bool { contains(CatalogObject(.view, relation)) }

    /// Whether what a question runs is one role's. The rows of a superuser are read in the caller's sandbox, where nothing may
    /// run that somebody else may have written, whosever it is by now.
    ///
    /// A view is read as its owner, whatever it is made of.
    ///
    /// - Parameter calling: the tables of which whoever reads them may run more than the server's own functions.
    func isOpen(_ question: SchemaQuestion, _ calling: [String]) -> Bool {
        guard case .rows = question.source else { return true }
        let owners = owners(of: question.relations)
        guard owners == [nil] else { return owners.count < 2 }
        return !question.relations.contains { table in isView(table) || calling.contains { $0.isSame(as: table) } }
    }

    /// The owners of tables and views that stand, and of the partitions; nil for superusers.
    func owners(of tables: [String]) -> [String?] {
        let parts = objects(.partition).filter { part in
            tables.contains { $0.isSame(as: part.name) || $0.isSame(as: part.relation) }
        }
        let relations = [CatalogObject.Kind.table, .view].flatMap { kind in tables.map { CatalogObject(kind, $0) } }
        return (relations + parts).compactMap { self[$0, .owner] }
            .map { isSuperuser($0) ? nil : $0 }
            .reduce(into: []) { owners, owner in
                if !owners.contains(where: { $0.isSame(as: owner) }) { owners.append(owner) }
            }
    }
}

extension SchemaVerification {
    /// Whether one of the tables, or of their partitions, belongs to another role than it should.
    func isForeign(_ tables: [String]) -> Bool {
        gap.different.contains { difference in
            difference.property == .owner
                && tables.contains {
                    $0.isSame(as: difference.object.name) || $0.isSame(as: difference.object.relation)
                }
        }
    }
}

extension SchemaPlan {
    /// The plan while questions are left open, since the tables that they read belong to several roles, or to one that may
    /// not execute what they use: it is refused where it does not change that.
    func leaving(_ questions: [SchemaQuestion]) -> SchemaPlan {
        let tables = Set(questions.flatMap(\.relations)).sorted()
        let reason =
            "rows of \(tables.joined(separator: ", ")) are read, and belong to several roles, to one that may not do "
            + "what reading them takes, or to a superuser, as whom no code of others is run"
        guard steps.isEmpty else {
            return SchemaPlan(
                refusals: refusals, steps: steps,
                notes: notes + [
                    "\(reason): what they hold is asked, and what is left is planned, once they have one owner"
                ],
                unfilled: unfilled)
        }
        let refusal = SchemaRefusal(
            object: questions[0].object, reason: reason,
            cure: "give them to one role (ALTER TABLE … OWNER TO …), then repeat the command")
        return SchemaPlan(refusals: refusals + [refusal], steps: steps, notes: notes, unfilled: unfilled)
    }
}
