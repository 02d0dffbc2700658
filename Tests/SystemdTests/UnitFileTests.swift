import Foundation
import TestSupport
import Testing

/// The files of `systemd/`, as installed.
@Suite("Unit files")
struct UnitFileTests {
    static let services = ["pgtend.service", "pgtend@.service", "pgtend-run.service"]

    @Test func areWhereSystemdLooksForThem() async throws {
        try await Installation.with { installation in
            #expect(
                try installation.files.filter { !$0.hasPrefix("share/doc/pgtend/docs/") } == [
                    "bin/pgtend",
                    "lib/systemd/catalog/pgtend.catalog",
                    "lib/systemd/system/pgtend-run.service",
                    "lib/systemd/system/pgtend-run.timer",
                    "lib/systemd/system/pgtend.service",
                    "lib/systemd/system/pgtend@.service",
                    "lib/sysusers.d/pgtend.conf",
                    "lib/tmpfiles.d/pgtend.conf",
                    "share/doc/pgtend/CHANGELOG.md",
                    "share/doc/pgtend/CONTRIBUTING.md",
                    "share/doc/pgtend/LICENSE",
                    "share/doc/pgtend/README.md",
                    "share/doc/pgtend/systemd/tcp.conf",
                ])
            let documents = try Installation.files(below: Installation.root.appending(path: "docs"))
            let installed = try installation.files.compactMap { $0.wholeMatch(of: #/share/doc/pgtend/docs/(.+)/#)?.1 }
            #expect(Set(installed.map(String.init)) == Set(documents))
            try await installation.make("uninstall")
            #expect(!FileManager.default.fileExists(atPath: installation.prefix.path), "folders are left")
        }
    }

    @Test func leaveNothingInTheFolderOfAPackage() async throws {
        try await Self.withFolder { folder in
            for target in ["install", "uninstall", "uninstall"] {
                let result = try await Installation.make(target, into: folder.path, prefix: "/usr/local/")
                #expect(result.succeeded && result.standardError.isEmpty, "\(result)")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
        }
    }

    /// Stand-ins for systemd's programs, which would make a user on this machine: a name they look for in folders of their
    /// own, and a path they open.
    @Test func mayBeWhereSystemdDoesNotLook() async throws {
        try await Self.withFolder { folder in
            let open = "for file; do :; done; case $file in /*) exec test -r \"$file\";; esac; exit 1"
            for (name, script) in [
                ("systemd-sysusers", open), ("systemd-tmpfiles", open), ("journalctl", ""), ("systemctl", ""),
            ] {
                let program = folder.appending(path: name).path
                let text = Data("#!/bin/sh\n\(script)\n".utf8)
                #expect(
                    FileManager.default.createFile(
                        atPath: program, contents: text, attributes: [.posixPermissions: 0o755]))
            }
            let prefix = folder.appending(path: "opt/x").path
            let path = ["PATH": "\(folder.path):/usr/bin:/bin"]
            let installed = try await Installation.make("install", into: "", prefix: prefix, environment: path)
            #expect(installed.succeeded && installed.standardError.isEmpty, "\(installed)")
            #expect(installed.standardOutput.contains("systemctl link \(prefix)/lib/systemd/system/pgtend.service"))
            let removed = try await Installation.make("uninstall", into: "", prefix: prefix, environment: path)
            #expect(removed.succeeded, "\(removed)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "opt").path) == [])
        }
    }

    private static func withFolder(_ body: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "pgtend-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { unlink(folder) }
        try await body(folder)
    }

    private static func unlink(_ folder: URL) {
        do { try FileManager.default.removeItem(at: folder) } catch { print("removing \(folder.path): \(error)") }
    }

    @Test func nameWhatWasInstalled() async throws {
        try await Installation.with { installation in
            let prefix = installation.prefix.path
            for unit in Self.services {
                let text = try installation.text("lib/systemd/system/\(unit)")
                let program = try #require(text.firstMatch(of: /(?m)^ExecStart=(\S+)/)).1
                #expect(program == "\(prefix)/bin/pgtend")
                for document in text.matches(of: #/file://(\S+)/#).map(\.1) {
                    #expect(document.hasPrefix(prefix) && FileManager.default.fileExists(atPath: String(document)))
                }
            }
            for document in try installation.text("lib/systemd/catalog/pgtend.catalog").matches(of: #/file://(\S+)/#) {
                #expect(FileManager.default.fileExists(atPath: String(document.1)))
            }
        }
    }

    @Test func haveNothingThatSystemdDoesNotKnow() async throws {
        try await Installation.with { installation in
            let names = ["pgtend.service", "pgtend@shop.service", "pgtend-run.service", "pgtend-run.timer"]
            let result = try await Program.run(
                "/usr/bin/systemd-analyze",
                ["verify", "--man=no"] + names.map { installation.units.appending(path: $0).path })
            // An unknown key is no failure to systemd: it says so and goes on.
            #expect(result.succeeded && result.everything == "", "\(result)")
        }
    }

    @Test func haveTheSameSandbox() throws {
        let sandboxes = try Self.services.map { unit -> Substring in
            let file = Installation.root.appending(path: "systemd").appending(path: unit)
            let text = try String(contentsOf: file, encoding: .utf8)
            let sandbox = try #require(text.firstMatch(of: /(?s)# -- Sandbox: .*?SystemCallFilter=~setpriority:0\n/))
            return sandbox.output
        }
        #expect(Set(sandboxes).count == 1)
        #expect(sandboxes[0].count { $0 == "\n" } > 30)
    }

    @Test(arguments: services)
    func exposeLittle(unit: String) async throws {
        try await Installation.with { installation in
            let exposure = try await exposure(of: unit, in: installation)
            #expect(exposure <= 0.9)
        }
    }

    /// What docs/systemd.md says of it, and the drop-in; `TCP` stands for the text of tcp.conf.
    @Test(arguments: [
        ("as shipped", nil),
        ("with `tcp.conf`", "TCP"),
        ("with `tcp.conf` and `IPAddressAllow=` for some hosts", "TCP\nIPAddressDeny=any\nIPAddressAllow=192.0.2.10"),
        ("with `tcp.conf` and `IPAddressAllow=localhost`", "TCP\nIPAddressDeny=any\nIPAddressAllow=localhost"),
        ("as shipped, with `PrivateTmp=no`", "[Service]\nPrivateTmp=no"),
    ])
    func areAsExposedAsTheDocumentSays(row: String, dropIn: String?) async throws {
        // Each release of systemd counts differently: the document's figures are those of Debian 12.
        guard try await Program.run("/usr/bin/systemd-analyze", ["--version"]).standardOutput.contains("systemd 252")
        else { return }
        try await Installation.with { installation in
            if let dropIn {
                let folder = installation.units.appending(path: "pgtend.service.d")
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
                try dropIn.replacing("TCP", with: installation.text("share/doc/pgtend/systemd/tcp.conf"))
                    .write(to: folder.appending(path: "test.conf"), atomically: false, encoding: .utf8)
            }
            let exposure = try await exposure(of: "pgtend.service", in: installation)
            let document = try installation.text("share/doc/pgtend/docs/systemd.md")
            let said = document.split(separator: "\n").first { $0.hasPrefix("| \(row) | ") }
            #expect(said.map(String.init) == "| \(row) | \(exposure) |")
        }
    }

    private func exposure(of unit: String, in installation: Installation) async throws -> Double {
        let result = try await Program.run(
            "/usr/bin/systemd-analyze",
            ["security", "--offline=true", "--no-pager", installation.units.appending(path: unit).path])
        let figure = try #require(
            result.standardOutput.firstMatch(of: /Overall exposure level for \S+: ([\d.]+)/), "\(result)")
        return try #require(Double(figure.1))
    }
}

extension Program.Result {
    var everything: String { standardOutput + standardError }
}
