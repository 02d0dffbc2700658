import Testing

@testable import MaintenanceDatabase

@Suite("Privileges findings")
struct PrivilegeFindingTests {
    private func finding(_ expected: String, _ cure: String, object: String = "schema s") -> PrivilegeFinding {
        PrivilegeFinding(
            severity: .missing, object: object, expected: expected, found: "it has not", cures: [.sql(cure)])
    }

    @Test func areMergedWhereOneStatementCuresThem() {
        let grant = "GRANT USAGE ON SCHEMA s TO tender"
        let merged = [
            finding("role tender has USAGE, to refresh s.a", grant), finding("another", "another cure"),
            finding("role tender has USAGE, to refresh s.a", grant),
            finding("role tender has USAGE, to refresh s.b", grant),
            finding("role tender has USAGE, to refresh s.c", grant),
        ].mergedByCure
        #expect(
            merged == [
                finding("role tender has USAGE, to refresh s.a, … and 2 more", grant),
                finding("another", "another cure"),
            ])
    }

    @Test func ofOtherObjectsStayApart() {
        let findings = [finding("one", "cure", object: "schema a"), finding("one", "cure", object: "schema b")]
        #expect(findings.mergedByCure == findings)
    }
}
