/// What a server can do, by its major version: the only table of version differences in the program. Queries whose text
/// differs by version check the catalog instead.
package struct ServerCapabilities: Hashable, Sendable {
    /// The major versions that are supported and tested, and for which `sql/` has recorded facts.
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
        /// `GRANT role TO role WITH INHERIT …, SET …`. Before, INHERIT is an attribute of the member's role, and
        /// membership alone allows SET ROLE and ALTER … OWNER TO.
        case membershipOptions
        /// `pg_input_is_valid()`. Before, only a cast shows it, by failing at the first invalid value.
        case inputValidation
        /// The privilege MAINTAIN, which allows other roles than the owner to refresh a materialized view.
        case maintainPrivilege
        /// ATTACH PARTITION gives the partition its parent's identity columns, and rejects a partition that has one.
        case inheritedIdentity
        /// REFRESH MATERIALIZED VIEW runs with the search_path `pg_catalog, pg_temp`.
        case restrictedSearchPath
        /// `ANALYZE ONLY`, which leaves the leaves of a partitioned table alone.
        case analyzeOnly

        /// The first major version that has it.
        package var since: Int {
            switch self {
            case .membershipOptions, .inputValidation: 16
            case .maintainPrivilege, .inheritedIdentity, .restrictedSearchPath: 17
            case .analyzeOnly: 18
            }
        }
    }
}
