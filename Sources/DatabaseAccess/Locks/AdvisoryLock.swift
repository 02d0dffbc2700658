/// The keys of pgtend's advisory locks, `pg_advisory_lock(key1, key2)`.
///
/// `key1` is ``key``. `key2` is a number: from 1 for the kinds of task, from 100 for the sets of migrations.
package enum AdvisoryLock {
    /// The first key of all of them: "pgtd" in ASCII.
    package static let key: Int64 = 0x7067_7464
}
