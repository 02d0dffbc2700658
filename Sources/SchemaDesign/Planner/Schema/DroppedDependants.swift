import SQLText

/// What depends on a view or a function that is dropped and made anew: the server would refuse the drop in the middle of
/// the plan, and nobody but who made these things knows them well enough to make them again.
extension SchemaPlanner {
    /// - Parameter objects: that are dropped together, the first of them for its own sake.
    mutating func askForDependants(ofDropped objects: [CatalogObject]) throws(SQLTextError) {
        guard let object = objects.first else { return }
        let functions = try objects.filter { $0.kind == .function }.map { (function) throws(SQLTextError) in
            try functionName(function)
        }
        let relations = try objects.filter { $0.kind != .function }.map { (relation) throws(SQLTextError) in
            try qualified(relation.name)
        }
        askForEach(
            RowQuery.droppedDependants.question(about: object, .texts(functions), .texts(relations)),
            { "the \($0) uses \(object.name), which has to be dropped and made anew" },
            then: Self.afterDropping)
    }

    static let afterDropping = "then repeat the command, and make it again where it is still needed"
}
