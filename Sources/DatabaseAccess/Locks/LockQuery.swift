/// The queries on locks.
package enum LockQuery: String, EmbeddedQuery {
    case advisoryHolder = "run/locks/advisory_holder"
    case blockers = "run/locks/blockers"
}
