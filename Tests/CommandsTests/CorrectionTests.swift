import Testing

@testable import Commands

@Suite("Commands that are misspelt")
struct CorrectionTests {
    @Test(arguments: [
        (["paln"], "plan"), (["stauts", "--json"], "status"), (["srve"], "serve"), (["Run"], "run"),
        (["config", "chek"], "config check"), (["schema", "aply", "--plan"], "schema apply"),
        (["verify"], "schema verify"), (["check", "--connect"], "config check"), (["hlep"], "help"),
    ])
    func areCorrected(arguments: [String], meant: String) throws {
        let correction = try #require(Pgtend.correction(of: arguments))
        #expect(correction.hasSuffix("Did you mean '\(meant)'?"), "\(correction)")
    }

    @Test(arguments: [
        [], ["plan"], ["frobnicate"], ["--version"], ["--paln"], ["run", "partitons"], ["help", "plan"], ["config"],
        ["schema", "verify", "aply"], ["config", "--help"],
    ])
    func areNotGuessed(arguments: [String]) {
        #expect(Pgtend.correction(of: arguments) == nil)
    }
}
