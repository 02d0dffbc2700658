/// The keys of pgtend's advisory locks, `pg_advisory_lock(key1, key2)`.
///
/// `key1` is ``key``. `key2` is a number: from 1 for the kinds of task (`TaskTraits.lockNumber`), ``definitions``, from 100 for the sets of
/// migrations.
package enum AdvisoryLock {
    /// The first key of all of them: "pgtd" in ASCII.
    package static let key: Int64 = 0x7067_7464

    /// Of the transactions that create, attach, detach, drop or alter: one at a time in a database, whatever kinds of task
    /// are side by side in it. They would meet on catalogs and on each other's tables, in orders that deadlock.
    package static let definitions: Int64 = 50
}
