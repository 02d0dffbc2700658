import Foundation
import TestSupport
import Testing

/// `make install` on a system that runs, without DESTDIR.
@Suite(
    "Installing", .serialized,
    .enabled(if: SystemdMachine.refusal == nil, Comment(rawValue: SystemdMachine.refusal ?? "")))
struct InstallTests {
    private static let make = "make --silent -C /usr/src/pgtend program=/root/pgtend"

    @Test func makesTheUserAndTheFolderAndTellsSystemdAndTheJournal() async throws {
        try await SystemdMachine.with { machine in
            // As if pgtend had never been there.
            try await machine.shell("mv /usr/bin/pgtend /root/ && \(Self.make) uninstall PREFIX=/usr")
            try await machine.shell("rmdir /etc/pgtend && userdel pgtend")

            try await machine.shell("\(Self.make) install")
            #expect(try await machine.shell("getent passwd pgtend").hasSuffix(":/:/usr/sbin/nologin"))
            #expect(try await machine.shell("stat --format='%A %U %G' /etc/pgtend") == "drwxr-s--- root pgtend")
            let unit = try await machine.shell("systemctl cat pgtend pgtend@shop pgtend-run pgtend-run.timer")
            #expect(unit.contains("\nExecStart=/usr/local/bin/pgtend serve\n"))
            #expect(
                try await machine.shell("journalctl --dump-catalog \(Event.runFinished.rawValue)").contains("pgtend"))
            try await machine.startServer()
            try await machine.createShop()
            try await machine.configureShop()
            try await machine.shell("systemctl enable --now pgtend")
            try await machine.entry(of: "pgtend.service", .runFinished)

            // What an administrator has made stays.
            try await machine.shell("systemctl disable --now pgtend && \(Self.make) uninstall")
            #expect(try await machine.shell("find /usr/local -name '*pgtend*'") == "")
            #expect(try await machine.shell("id --user --name pgtend; ls /etc/pgtend") == "pgtend\npgtend.yaml")
            #expect(try await machine.run("systemctl", "cat", "pgtend").ending == .exited(1))
            let explanation = try await machine.run("journalctl", "--dump-catalog", Event.runFinished.rawValue)
            #expect(explanation.standardOutput == "" && explanation.ending == .exited(1), "\(explanation)")
        }
    }
}
