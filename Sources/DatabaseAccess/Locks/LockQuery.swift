/// The queries on locks.
package enum LockQuery: String, EmbeddedQuery {
    case advisoryHolder = "run_lock_holder"
    case blockers = "lock_blockers"
}
