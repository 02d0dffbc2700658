import Foundation
import Testing

@Suite("Architecture")
struct ArchitectureTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        .standardizedFileURL
    private static let sources = Result { try SourceFile.all(below: root) }
    private static let package = Result {
        try String(contentsOf: root.appending(path: "Package.swift"), encoding: .utf8)
    }

    private let files: [SourceFile]
    private let manifest: Manifest

    init() throws {
        files = try Self.sources.get()
        manifest = Manifest(text: try Self.package.get())
    }

    @Test func readsEveryModule() throws {
        let modules = Set(files.map(\.module))
        #expect(modules.isSuperset(of: ["CivilTime", "PostgresClient", "Maintenance", "Commands", "pgtend"]))
        #expect(modules.isSubset(of: manifest.dependencies.keys))
        #expect(manifest.dependencies["pgtend"] == ["Commands"])
        #expect(manifest.dependencies["Commands"]?.isSuperset(of: ["Maintenance", "ArgumentParser"]) == true)
        #expect(manifest.dependencies["CivilTime"] == [])
        #expect(files.contains { $0.module == "PostgresClient" && $0.imports.contains("CLibPQ") })
    }

    @Test func importsFollowTheDeclaredEdges() {
        #expect(files.flatMap { ArchitectureRules.imports($0, manifest) } == [])
    }

    @Test func declaredEdgesGoDown() {
        #expect(ArchitectureRules.edges(manifest) == [])
    }

    @Test func planningReadsNoClock() {
        #expect(files.flatMap(ArchitectureRules.clocks) == [])
    }

    @Test func nothingIsPublic() {
        #expect(files.flatMap(ArchitectureRules.access) == [])
    }

    @Test func noFailureIsSwallowed() {
        #expect(files.flatMap(ArchitectureRules.swallowedFailures) == [])
    }

    @Test func thePlatformIsNamedOnlyAsTheDefault() {
        #expect(files.flatMap(ArchitectureRules.platformNames) == [])
    }

    @Test func aRoleIsSetWhereNoCodeCanLeaveIt() {
        #expect(files.flatMap(ArchitectureRules.roles) == [])
    }

    @Test func rolesAreToldApartAsTheServerDoes() {
        #expect(files.flatMap(ArchitectureRules.comparedRoles) == [])
    }

    @Test func aMessageIDStandsOnceInTheSourcesAndInTheCatalog() throws {
        let catalog = try String(contentsOf: Self.root.appending(path: "systemd/pgtend.catalog"), encoding: .utf8)
        #expect(ArchitectureRules.messageIDs(files, catalog: catalog) == [])
    }

    @Test func roomsAndFilesCanBeLookedOver() {
        #expect(ArchitectureRules.sizes(files) == [])
    }

    // MARK: Each rule can fail

    @Test(arguments: [
        #"let sql = "SET LOCAL ROLE \(owner)""#, #"let sql = "SET ROLE NONE""#, #"try await script("RESET ROLE")"#,
        #"let sql = "SET SESSION AUTHORIZATION \(owner)""#,
    ])
    func refusesARoleThatIsSetElsewhere(line: String) {
        let file = SourceFile(path: "Sources/MaintenanceDatabase/Views/Snippet.swift", text: line)
        #expect(ArchitectureRules.roles(file).count == 1)
        let prose = SourceFile(
            path: "Sources/MaintenanceDatabase/Views/Snippet.swift", text: #"let text = "may SET ROLE to it""#)
        #expect(ArchitectureRules.roles(prose) == [])
    }

    @Test func refusesAFolderOfTooManyFilesAndAFileOfTooManyLines() {
        func file(_ name: String, lines: Int, head: String = "") -> SourceFile {
            SourceFile(
                path: "Sources/Commands/\(name).swift", text: head + String(repeating: "let a = 1\n", count: lines))
        }
        let few = (1...19).map { file("F\($0)", lines: 1) }
        #expect(ArchitectureRules.sizes(few + [file("G", lines: 300)]) == [])
        #expect(ArchitectureRules.sizes(few + [file("G", lines: 301)]).count == 1)
        #expect(ArchitectureRules.sizes(few + [file("G", lines: 400, head: "// Over 300 lines: a table\n")]) == [])
        #expect(ArchitectureRules.sizes(few + [file("G", lines: 1), file("H", lines: 1)]).count == 1)
    }

    @Test(arguments: [
        ("Maintenance", "import Dispatch"),
        ("Maintenance", "import Glibc"),
        ("Maintenance", "@preconcurrency import PostgresClient"),
        ("SchemaDesign", "import PostgresClient"),
        ("SchemaDesign", "import Maintenance"),
        ("SQLText", "import Glibc"),
        ("MaintenanceDatabase", "import SchemaManagement"),
        ("SchemaManagement", "import MaintenanceDatabase"),
        ("Reporting", "import Settings"),
        ("PostgresClient", "private import Maintenance"),
        ("PostgresClient", "import Foundation"),
        ("Commands", "import Foundation"),
        ("Commands", "import struct Foundation.Date"),
        ("Settings", "import FoundationEssentials"),
        ("Settings", "import ArgumentParser"),
        ("Unheard", "let nothing = 0"),
    ])
    func refusesAnImport(module: String, line: String) {
        let file = SourceFile(path: "Sources/\(module)/Snippet.swift", text: "// import CivilTime\n\(line)\n")
        #expect(ArchitectureRules.imports(file, manifest).count == 1)
    }

    @Test func acceptsDeclaredImports() {
        let text = """
            /* import Foundation */
            package import CivilTime
            import FoundationEssentials; let text = "import Foundation"
            let more = \"""
                import Foundation
                \"""
            """
        let file = SourceFile(path: "Sources/Reporting/Snippet.swift", text: text)
        #expect(file.imports == ["CivilTime", "FoundationEssentials"])
        #expect(ArchitectureRules.imports(file, manifest) == [])
    }

    @Test(arguments: [
        ("module(\"CivilTime\")", "module(\"CivilTime\", [\"SystemdIO\"])"),
        (
            "module(\"Maintenance\", [\"CivilTime\", \"SQLText\"])",
            "module(\"Maintenance\", [\"CivilTime\", \"SQLText\", \"EmbeddedSQL\"])"
        ),
        ("module(\"SchemaDesign\", [\"SQLText\"", "module(\"SchemaDesign\", [\"Maintenance\", \"SQLText\""),
        ("module(\"SQLText\", []", "module(\"SQLText\", [\"CivilTime\"]"),
        (
            "\"DatabaseAccess\", \"Maintenance\", \"PostgresClient\", \"CivilTime\"",
            "\"SchemaManagement\", \"Maintenance\""
        ),
        ("module(\"EmbeddedSQL\"", "module(\"Embedded\""),
        ("\"CivilTime\", \"SQLText\", \"CLibYAML\"", "\"Reporting\", \"SQLText\", \"CLibYAML\""),
        ("\"CivilTime\", \"SQLText\", \"SystemdIO\"", "argumentParser, \"SQLText\", \"SystemdIO\""),
    ])
    func refusesAnEdge(declared: String, changed: String) throws {
        let text = try Self.package.get()
        try #require(text.contains(declared))
        let manifest = Manifest(text: text.replacing(declared, with: changed))
        #expect(!ArchitectureRules.edges(manifest).isEmpty)
    }

    @Test(arguments: [
        "let now = ContinuousClock().now", "var t = time(nil)", "let moment = Instant.now", "let d = Date()",
        "clock_gettime(CLOCK_REALTIME, &t)", "let jitter = Int.random(in: 0..<9)", "try await Task.sleep(for: s)",
    ])
    func refusesAClock(line: String) {
        let pure = SourceFile(path: "Sources/Maintenance/Snippet.swift", text: line)
        #expect(!ArchitectureRules.clocks(pure).isEmpty)
        let said = SourceFile(path: "Sources/Maintenance/Snippet.swift", text: "/// \(line)\nlet text = \"\(line)\"")
        #expect(ArchitectureRules.clocks(said).isEmpty)
        let driver = SourceFile(path: "Sources/Commands/Snippet.swift", text: line)
        #expect(ArchitectureRules.clocks(driver).isEmpty)
    }

    @Test(arguments: [
        "public struct Plan {}", "    public private(set) var plan = 0", "open class Base {}", "public init() {}",
        "public nonisolated func run() {}",
    ])
    func refusesPublicAccess(line: String) {
        let file = SourceFile(path: "Sources/Maintenance/Snippet.swift", text: line)
        #expect(ArchitectureRules.access(file).count == 1)
    }

    @Test func acceptsWordsThatOnlyLookPublic() {
        let text = "let descriptor = open(path, flags)\nlet schema = \"public\" // public func\nlet publicName = 1"
        let file = SourceFile(path: "Sources/Maintenance/Snippet.swift", text: text)
        #expect(ArchitectureRules.access(file) == [])
    }

    @Test(arguments: ["let value = try? read()", "do { try read() } catch { }", "_ = sd_notify(0, state)"])
    func refusesASwallowedFailure(line: String) {
        let file = SourceFile(path: "Sources/SystemdIO/Snippet.swift", text: line)
        #expect(ArchitectureRules.swallowedFailures(file).count == 1)
    }

    @Test func refusesANameOfThePlatform() {
        let text = "let schema = \"mcp\"\nlet table = #\"mcp.audit_log\"#\n// mcp\n/* audit_log */"
        let file = SourceFile(path: "Sources/Commands/Snippet.swift", text: text)
        #expect(ArchitectureRules.platformNames(file).count == 3)
    }

    @Test func refusesAStrayMessageID() {
        let (one, other) = (String(repeating: "0", count: 32), String(repeating: "a", count: 32))
        func complaints(home: String, elsewhere: String = "", catalog: String) -> Int {
            let files = [
                SourceFile(path: "Sources/Reporting/Reports/EventKind.swift", text: home),
                SourceFile(path: "Sources/Commands/Snippet.swift", text: elsewhere),
            ]
            return ArchitectureRules.messageIDs(files, catalog: catalog).count
        }
        #expect(complaints(home: "\"\(one)\"", catalog: "-- \(one)\nSubject: it\n") == 0)
        #expect(complaints(home: "\"\(one)\"", catalog: "") == 1)
        #expect(complaints(home: "", catalog: "-- \(one)") == 1)
        #expect(complaints(home: "\"\(one)\" // \(one)", catalog: "-- \(one)") == 1)
        #expect(complaints(home: "\"\(one)\"", elsewhere: "\"\(other)\"", catalog: "-- \(one)\n-- \(other)") == 1)
    }

    @Test func tellsStringsAndCommentsFromCode() {
        let text = """
            a /* b /* c */ d */ e "f \\" g" h #"i " j"# k // l
            m \"""
                n " o
                \""" p
            """
        let file = SourceFile(path: "Sources/Maintenance/Snippet.swift", text: text)
        let letters = { (text: String) in text.filter { $0.isLetter } }
        #expect(letters(file.code) == "aehkmp")
        #expect(letters(file.codeAndStrings) == "aefghijkmnop")
        #expect(file.code.count { $0.isNewline } == 3)
    }
}
