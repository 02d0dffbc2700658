import Maintenance
import Settings
import TestSupport
import Testing

@Suite("Mutated configuration files")
struct MutationTests {
    private static let fragments = [
        ":", ": ", "- ", "\n", "\n  ", "\t", "\"", "'", "[", "]", "{", "}", ",", "#", "&a ", "*a", "!!int ", "|\n", ">",
        "---\n", "...\n", "? ", "null", "~", "true", "-1", "99999999999999999999", "1h", "\u{0}", "\u{FEFF}", "é",
        "password=x", "premake: 3\n", "databases:\n", "%YAML 1.1\n", "<<: ", "\r", "\\", "{{{{{{{{", "[[[[[[[[",
    ].map { Array($0.utf8) }

    private func mutate(_ bytes: inout [UInt8], _ generator: inout Seeded) {
        let at = Int.random(in: 0...bytes.count, using: &generator)
        let length = Int.random(in: 0...min(40, bytes.count - at), using: &generator)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: bytes.removeSubrange(at..<at + length)
        case 1: bytes.insert(contentsOf: bytes[at..<at + length], at: 0)
        case 2: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: at)
        case 3: bytes.removeSubrange((at + length)...)
        case 4: bytes.replaceSubrange(at..<at + min(1, length), with: [UInt8.random(in: 32...126, using: &generator)])
        default: bytes.insert(contentsOf: Self.fragments.randomElement(using: &generator) ?? [], at: at)
        }
    }

    /// With a place in the file, or on the command line when the file names no database at all.
    private func check(_ error: SettingsError, lines: Int) {
        #expect(!error.problems.isEmpty)
        for problem in error.problems {
            switch problem.source {
            case .file(path: "pgtend.yaml", at: let mark?):
                #expect((1...lines + 1).contains(mark.line) && mark.column >= 1, "\(problem)")
            default: #expect(problem.source == .commandLine(flag: "--database"), "\(problem)")
            }
            #expect(!problem.message.isEmpty)
        }
        #expect(error.problems.map(\.source) == error.problems.map(\.source).sorted())
    }

    @Test(arguments: [UInt64](1...8))
    func giveAValueThatRendersBackOrAProblemWithAPlace(_ seed: UInt64) throws {
        var generator = Seeded(seed: seed)
        var (accepted, refused) = (0, 0)
        for round in 0..<500 {
            var bytes = Array(fileWithEveryKey.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &generator) { mutate(&bytes, &generator) }
            switch Result(catching: { () throws(SettingsError) in try load(bytes) }) {
            case .success(let loaded):
                accepted += 1
                try rendersBack(loaded.configuration, "seed \(seed), round \(round)")
            case .failure(let error):
                refused += 1
                // libyaml ends lines at CR, NEL, LS and PS as well.
                let breaks = String(decoding: bytes, as: UTF8.self).unicodeScalars.count { $0.properties.isWhitespace }
                check(error, lines: breaks)
            }
        }
        // A generator that only ever breaks the file, or never, proves nothing.
        #expect(accepted > 10 && refused > 100, "seed \(seed): \(accepted) accepted, \(refused) refused")
    }

    private func load(_ bytes: [UInt8]) throws(SettingsError) -> LoadedConfiguration {
        try Settings.load(flags: FlagOverrides(), environment: [:], defaultFile: "pgtend.yaml") {
            _ throws(ConfigurationFile.Failure) in ConfigurationFile(bytes: bytes)
        }
    }

    private func rendersBack(_ configuration: Configuration, _ round: String) throws(SettingsError) {
        let rendered = configuration.rendered()
        let again = try load(Array(rendered.utf8)).configuration
        #expect(again.rendered() == rendered, "\(round)")
        #expect(withoutConninfo(again) == withoutConninfo(configuration), "\(round)")
    }

    private func withoutConninfo(_ configuration: Configuration) -> Configuration {
        var configuration = configuration
        for index in configuration.databases.indices { configuration.databases[index].conninfo = "" }
        return configuration
    }
}
