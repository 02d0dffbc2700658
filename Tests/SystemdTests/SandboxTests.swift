import Foundation
import TestSupport
import Testing

/// The sandbox of the units, looked at from inside: a shell in the place of pgtend tries what it must not be able to.
@Suite(
    "Sandbox", .serialized,
    .enabled(if: SystemdMachine.refusal == nil, Comment(rawValue: SystemdMachine.refusal ?? "")))
struct SandboxTests {
    /// What is tried, and how that ends: the last words on standard error, or what was printed.
    private static let attempts = [
        ("whoami", "id --user --name", "pgtend"),
        ("write to /etc", "touch /etc/pgtend/pgtend.yaml", "Read-only file system"),
        ("write to /var", "touch /var/lib/mark", "Read-only file system"),
        ("write where all may", "touch /srv/open/mark", "Read-only file system"),
        ("look into /home", "ls /home", "Permission denied"),
        ("look into /root", "ls /root", "Permission denied"),
        ("another /tmp", "ls /tmp", ""),
        ("foreign process", "ls /proc/1", "No such file or directory"),
        ("the kernel settings", "ls /proc/sys/kernel", "No such file or directory"),
        ("a raw socket", "python3 -c 'import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)'", "protocol"),
        ("a namespace", "unshare --user true", "Operation not permitted"),
        ("set-user-id", "cp /bin/true /tmp/true && chmod 4755 /tmp/true", "Operation not permitted"),
        ("foreign group", "chgrp postgres /tmp", "Operation not permitted"),
        ("memory to write and run", "python3 -c 'import mmap; mmap.mmap(-1, 4096, prot=7)'", "Operation not permitted"),
        ("a niceness", "python3 -c 'import os; os.setpriority(os.PRIO_PROCESS, 0, -4); print(os.nice(0))'", "0"),
        ("a real-time priority", "chrt 10 true", "Operation not permitted"),
        ("no capability", "awk '/^CapEff/ { print $2 }' /proc/self/status", "0000000000000000"),
        ("none to be had", "awk '/^CapBnd/ { print $2 }' /proc/self/status", "0000000000000000"),
        ("no new privilege", "awk '/^NoNewPrivs/ { print $2 }' /proc/self/status", "1"),
        ("a filter of system calls", "awk '/^Seccomp:/ { print $2 }' /proc/self/status", "2"),
        ("the password", "cat $PGPASSFILE", "*:*:shop:pgtend:secret"),
        ("the original of it", "cat /etc/pgtend/pgpass", "Permission denied"),
        ("the server", "psql -At -h /run/postgresql -d shop -c 'SELECT current_user'", "pgtend"),
        ("the journal", "systemd-cat --identifier=probe echo reached && echo sent", "sent"),
        ("the zones", "head --bytes=4 /usr/share/zoneinfo/Europe/Berlin", "TZif"),
    ]

    private static let overTCP = "psql -At -h localhost -d shop -c 'SELECT current_user'"

    @Test func leavesTheServiceNothingButItsSockets() async throws {
        try await SystemdMachine.with { machine in
            try await machine.startServer()
            try await machine.createShop()
            try await machine.shell("install --directory --mode=1777 /srv/open")
            let refused = [("TCP", Self.overTCP, "Address family not supported by protocol")]
            let outcomes = try await machine.outcomes(of: Self.attempts + refused, in: "pgtend-run.service")
            for (name, _, expected) in Self.attempts + refused {
                let outcome = try #require(outcomes[name])
                #expect(expected.isEmpty ? outcome.isEmpty : outcome.hasSuffix(expected), "\(name): \(outcome)")
            }
            #expect(try await machine.records("SYSLOG_IDENTIFIER=probe").count == 1)

            // The drop-in opens TCP, and nothing else; a name is looked up without a netlink socket.
            try await machine.psql("ALTER ROLE pgtend PASSWORD 'secret'")
            try await machine.openTCP(for: "pgtend-run.service")
            let allowed = [("TCP", Self.overTCP, "pgtend")]
            let reopened = try await machine.outcomes(of: Self.attempts + allowed, in: "pgtend-run.service")
            for (name, _, expected) in Self.attempts + allowed {
                let outcome = try #require(reopened[name])
                #expect(
                    expected.isEmpty ? outcome.isEmpty : outcome.hasSuffix(expected), "with TCP, \(name): \(outcome)")
            }
        }
    }
}

extension SystemdMachine {
    /// What each attempt prints in the sandbox of `unit`, by its name.
    fileprivate func outcomes(
        of attempts: [(name: String, command: String, outcome: String)], in unit: String
    ) async throws -> [String: String] {
        let name = "try-\(UUID().uuidString)"
        let tries = attempts.map { "try '\($0.name)' <<'ATTEMPT'\n\($0.command)\nATTEMPT" }
        let script = ["try() { echo \"$1=$(timeout 10 bash 2>&1 | tail -n 1)\"; }"] + tries
        try await write(script.joined(separator: "\n") + "\n", to: "\(SystemdMachine.programs)/attempts")
        try await write("*:*:shop:pgtend:secret", to: "/etc/pgtend/pgpass", mode: "0600")
        try await configure(
            unit,
            "[Service]\nExecStart=\nExecStart=/bin/bash \(SystemdMachine.programs)/attempts\nSyslogIdentifier=\(name)"
        )
        try await shell("systemctl start '\(unit)'")
        let messages = try await records("SYSLOG_IDENTIFIER=\(name)")
        return Dictionary(
            messages.compactMap { record in
                let parts = record["MESSAGE"]?.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return parts.map { (String($0[0]), $0.dropFirst().joined()) }
            }, uniquingKeysWith: { _, last in last })
    }
}
