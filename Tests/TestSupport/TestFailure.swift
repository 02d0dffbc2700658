/// The harness could not do what a test asked of it: not the test's own finding, but the end of the test.
package struct TestFailure: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
