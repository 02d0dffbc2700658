import Maintenance
import SQLText

/// A relation in JSON: both names as they are, without quotes.
struct RelationDocument: Encodable {
    let schema: String
    let name: String

    init(_ relation: RelationName) {
        schema = relation.schema
        name = relation.name
    }
}
