/// What a server can do, by its version: the one table of what tells the supported versions apart for this program.
/// Queries whose text differs by version ask the catalog instead.
package struct ServerCapabilities: Hashable, Sendable {
    /// The major versions that are supported, tested and recorded.
    package static let supportedMajors = [15, 16, 17, 18]

    private let major: Int

    package init(major: Int) {
        self.major = major
    }

    /// - Parameter versionNumber: `server_version_num`: 150018 is 15.18.
    package init(versionNumber: Int) {
        self.init(major: versionNumber / 10_000)
    }

    package func has(_ capability: Capability) -> Bool { major >= capability.since }

    package enum Capability: CaseIterable, Hashable, Sendable {
        /// `GRANT role TO role WITH INHERIT …, SET …`. Before, whether a member inherits is an attribute of its own role,
        /// and membership alone lets it SET ROLE and give objects away.
        case membershipOptions
        /// `pg_input_is_valid()`. Before, only the cast tells, by an error for the first value that it cannot make.
        case inputValidation
        /// The privilege MAINTAIN, by which others than the owner may refresh a view.
        case maintainPrivilege
        /// ATTACH PARTITION gives a partition its parent's identity columns, and refuses one of its own.
        case inheritedIdentity
        /// REFRESH MATERIALIZED VIEW runs with the search_path `pg_catalog, pg_temp`.
        case restrictedSearchPath

        /// The first major version that has it.
        package var since: Int {
            switch self {
            case .membershipOptions, .inputValidation: 16
            case .maintainPrivilege, .inheritedIdentity, .restrictedSearchPath: 17
            }
        }
    }
}
