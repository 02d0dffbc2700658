import Foundation
import Settings
import Testing

@Suite("Reading the configuration file")
struct FileReadingTests {
    private func problem(of path: String) -> String {
        do throws(SettingsError) {
            _ = try Settings.load(flags: FlagOverrides(configFile: path), environment: [:])
            return "none"
        } catch {
            return error.description
        }
    }

    @Test func saysThePathTheReasonAndWhatToDo() {
        let folder = NSTemporaryDirectory()
        #expect(
            problem(of: folder)
                == "\(folder): the configuration file cannot be read: Is a directory; name the file in it")
        #expect(
            problem(of: "\(folder)/no/such.yaml")
                == "\(folder)/no/such.yaml: the configuration file cannot be read: No such file or directory; "
                + "name an existing file with --config or PGTEND_CONFIG")
        #expect(
            problem(of: "/dev/null/x")
                == "/dev/null/x: the configuration file cannot be read: Not a directory; "
                + "name an existing file with --config or PGTEND_CONFIG")
        #expect(problem(of: "/dev/zero") == "/dev/zero: expected a configuration file, found more than 4 MiB")
        #expect(problem(of: "/dev/null").hasPrefix("/dev/null:1:1: expected a mapping"))
    }

    /// Root may read everything, so the refusal is the reader's word here.
    @Test(arguments: [nil, "mine.yaml"])
    func aFileThatMustNotBeReadIsAProblemEvenWhenNobodyNamedIt(_ flag: String?) {
        let error = #expect(throws: SettingsError.self) {
            try Settings.load(flags: FlagOverrides(configFile: flag, databases: ["dbname=x"]), environment: [:]) {
                _ throws(ConfigurationFile.Failure) in throw .system(EACCES)
            }
        }
        let expected =
            "\(flag ?? "/etc/pgtend/pgtend.yaml"): the configuration file cannot be read: Permission denied; let the "
            + "user that runs pgtend (uid \(geteuid())) read it and enter its folders"
        #expect(error?.description == expected)
    }

    @Test(arguments: [(0o600, false), (0o640, false), (0o644, true)])
    func readsBytesAndWhoElseMay(_ mode: Int, _ isReadableByOthers: Bool) throws {
        let path = NSTemporaryDirectory() + "/pgtend-\(UUID().uuidString).yaml"
        defer { unlink(path) }
        // Larger than what is read at once.
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
        #expect(
            FileManager.default.createFile(atPath: path, contents: Data(bytes), attributes: [.posixPermissions: mode]))
        let file = try ConfigurationFile.read(path)
        #expect(file.bytes == bytes)
        #expect(file.isReadableByOthers == isReadableByOthers)
    }

    @Test func badUTF8IsReportedWithItsPlace() {
        let error = #expect(throws: SettingsError.self) {
            try Settings.load(flags: FlagOverrides(), environment: [:], defaultFile: "pgtend.yaml") {
                _ throws(ConfigurationFile.Failure) in
                ConfigurationFile(bytes: Array("log_format: text\n# é".utf8) + [0xFF, 0xFE] + Array("\n".utf8))
            }
        }
        #expect(error?.description == "pgtend.yaml:2:4: expected UTF-8, found bytes that are not")
    }
}
