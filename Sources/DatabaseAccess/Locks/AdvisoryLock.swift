/// The keys of our advisory locks.
///
/// The second key is a number: the kinds of task have those from 1 on, the sets of migrations those from 100 on.
package enum AdvisoryLock {
    /// "pgtd" in ASCII: the first key of all of them.
    package static let key: Int64 = 0x7067_7464
}
