/// A version as `server_version_num` has it: 150018 is 15.18.
package struct ServerVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let number: Int

    package init(number: Int) {
        self.number = number
    }

    package var major: Int { number / 10_000 }

    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }

    package var description: String { "\(major).\(number % 10_000)" }
}
