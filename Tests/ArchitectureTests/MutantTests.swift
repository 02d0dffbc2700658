import Foundation
import Testing

/// The mistakes that `make test-mutants` puts into a copy of the sources: here only whether they can be, which needs no
/// build.
@Suite("Mutants")
struct MutantTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        .standardizedFileURL

    /// What is wrong with the mistakes of a folder; nothing if every one can be put in.
    private func complaints(about folder: URL) throws -> String {
        let (process, pipe) = (Process(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "python3", Self.root.appending(path: "Tests/Harness/mutants.py").path, "--check", folder.path,
        ]
        process.standardError = pipe
        try process.run()
        let said = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        #expect((process.terminationStatus == 0) == said.isEmpty, "it ended with \(process.terminationStatus)")
        return said
    }

    @Test func fitTheirFilesAndNameSuites() throws {
        let folder = Self.root.appending(path: "Tests/Mutants")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count >= 40)
        #expect(try complaints(about: folder) == "")
    }

    private static let (file, suite, piece) = ("Package.swift", "ArchitectureTests.MutantTests", "// For #embed.")

    @Test(arguments: [
        (file, suite, piece, "// For nothing.", ""),
        (file, suite, piece, "", ""),
        (file, suite, "// For nothing.", "", "occurs 0 times"),
        (file, suite, "", "", "occurs 0 times"),
        (file, suite, "module(", "", " times in Package.swift, and should once"),
        (file, suite, piece, piece, "is what is there already"),
        ("Sources/Gone.swift", suite, piece, "", "there is no file Sources/Gone.swift"),
        (file, "ArchitectureTests.Mutant", piece, "", "there is no suite ArchitectureTests.Mutant"),
        (file, "GoneTests.MutantTests", piece, "", "there is no suite GoneTests.MutantTests"),
        (file, "MutantTests", piece, "", "there is no suite MutantTests"),
    ])
    func areRefusedWhereTheyDoNot(
        file: String, suite: String, original: String, mistake: String, complaint: String
    ) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        let head = "A mistake.\nfile: \(file)\nsuite: \(suite)\n"
        let text = head + "--- original\n\(original)\n--- mistake\n\(mistake)\n"
        try Data(text.utf8).write(to: folder.appending(path: "sample.txt"))
        let said = try complaints(about: folder)
        #expect(complaint.isEmpty ? said == "" : said.hasPrefix("sample: ") && said.contains(complaint), "\(said)")
    }

    @Test func areRefusedWithoutTheirParts() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        let samples = [
            "nothing": "", "mistake": "file: a\nsuite: b.c\n--- original\nd\n",
            "keys": "--- original\nd\n--- mistake\n",
        ]
        for (name, text) in samples { try Data(text.utf8).write(to: folder.appending(path: "\(name).txt")) }
        #expect(
            try complaints(about: folder) == """
                keys: expected 'file: PATH' and 'suite: MODULE.SUITE'
                mistake: expected a head, '--- original' and '--- mistake'
                nothing: expected a head, '--- original' and '--- mistake'

                """)
    }
}
