import SQLText
import SchemaDesign
import TestSupport
import Testing

@Suite("Server versions")
struct ServerVersionTests {
    /// The program, its recorded facts and the tests speak of the same servers.
    @Test func areListedOnce() {
        #expect(PostgresVersion.allCases.map(\.rawValue).sorted() == ServerCapabilities.supportedMajors)
        #expect(RecordedFacts.platform.majors == ServerCapabilities.supportedMajors)
    }

    @Test(arguments: ServerCapabilities.Capability.allCases)
    func haveACapabilityFromItsFirstVersionOn(capability: ServerCapabilities.Capability) {
        #expect(!ServerCapabilities(major: capability.since - 1).has(capability))
        #expect(ServerCapabilities(major: capability.since).has(capability))
        #expect(ServerCapabilities(versionNumber: capability.since * 10_000 + 3).has(capability))
        #expect(!ServerCapabilities(versionNumber: capability.since * 10_000 - 1).has(capability))
    }
}
