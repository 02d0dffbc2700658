import Foundation

/// Runs blocking work on a thread of its own and awaits its result. Swift's pool has as many threads as there are
/// cores: two tests that block in it stop all others, and then each other.
package func onOwnThread<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result(catching: work)) }
    }
}
