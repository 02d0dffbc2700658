/// How what happened is written to standard error where no journal listens.
package enum LogFormat: String, CaseIterable, Hashable, Sendable {
    case text
    case json
}
