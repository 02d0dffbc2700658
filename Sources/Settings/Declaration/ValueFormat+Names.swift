import CivilTime
import Maintenance
import SQLText

extension ValueFormat where Value == String {
    /// The name of a database in the file. It must not look like a connection string, since `--database` accepts both.
    static let databaseName = ValueFormat(
        expected: "a name of 1 to 63 bytes without '=' and '://'",
        parse: { QualifiedNameSyntax.isName($0) && !ConnectionString.isRecognized($0) ? $0 : nil },
        render: { .text($0) })

    /// A single name exactly as in the catalog. It is not quoted, since it has only one part.
    static func name(of object: String) -> ValueFormat {
        ValueFormat(
            expected: "the name of a \(object) (1 to 63 bytes)", parse: { QualifiedNameSyntax.isName($0) ? $0 : nil },
            render: { .text($0) })
    }

    static let connectionString = ValueFormat(
        expected: "a libpq connection string such as 'host=/run/postgresql dbname=NAME'",
        // An empty string is valid: libpq then takes everything from its own variables and defaults.
        parse: { text in
            let isPlausible = text.isEmpty || ConnectionString.isRecognized(text)
            return isPlausible && !text.unicodeScalars.contains("\0") ? text : nil
        },
        render: { .text($0) })

    /// Checks only the form, since the zones that exist depend on the server or the machine.
    static let zone = ValueFormat(
        expected: "an IANA time zone such as Europe/Berlin",
        parse: { text in
            let isForm = text.unicodeScalars.allSatisfy { scalar in
                scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
                    || "/_+-".unicodeScalars.contains(scalar)
            }
            return isForm && text.first?.isLetter == true && text.utf8.count <= 63 ? text : nil
        },
        render: { .text($0) })
}

extension ValueFormat where Value == CronExpression {
    static let cron = ValueFormat(
        expected: "a cron expression such as '0 3 * * MON-FRI' (minute, hour, day, month, weekday) or @daily",
        parse: { text in
            switch Result(catching: { () throws(CronError) in try CronExpression(text) }) {
            case .success(let expression): expression.isNeverDue ? nil : expression
            case .failure: nil
            }
        },
        hint: { text in
            guard !Quotation.isWithheld(text) else { return nil }
            return switch Result(catching: { () throws(CronError) in try CronExpression(text) }) {
            case .success(let expression): expression.isNeverDue ? "no month has that day" : nil
            case .failure(let error): hint(for: error)
            }
        },
        render: { .text($0.description) })

    private static func hint(for error: CronError) -> String {
        let place = error.field.map { "\($0.rawValue): " } ?? ""
        let found = error.found.isEmpty ? "nothing" : Quotation.of(error.found)
        return "\(place)expected \(error.expected), found \(found)"
    }
}

extension ValueFormat where Value == RelationName {
    /// `schema.name`, with each part quoted as in SQL. An unquoted upper-case letter is rejected: SQL would fold it to
    /// lower case, but the author probably means the name as written.
    static func relation(_ object: String) -> ValueFormat {
        ValueFormat(
            expected: "a \(object) with its schema, as schema.name", parse: QualifiedNameSyntax.parse,
            hint: QualifiedNameSyntax.hint(for:), render: { .text(QualifiedNameSyntax.text(of: $0)) })
    }
}

extension ValueFormat where Value == NamingPattern {
    static let naming = ValueFormat(
        expected: "a pattern with " + NamingToken.spellings.map { "{\($0)}" }.joined(separator: ", "),
        parse: { NamingPattern($0) }, render: { .text($0.description) })
}
