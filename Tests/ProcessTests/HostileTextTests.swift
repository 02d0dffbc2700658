import Foundation
import TestSupport
import Testing

/// Names and messages that would write to the terminal, or a line of their own, where they are printed as they are.
@Suite("Hostile texts", .serialized)
struct HostileTextTests {
    /// ESC, a line that looks like one of ours, with the prefix of a priority, and a right-to-left override.
    private static let nasty = "x\u{1B}[2J\r\n<0>forged\u{202E}\u{9B}1A"

    private static let sql = """
        CREATE SCHEMA app;
        CREATE TABLE app."\(nasty)" (at date NOT NULL, "\(nasty)" integer) PARTITION BY LIST (at);
        CREATE FUNCTION app.fail() RETURNS integer LANGUAGE plpgsql AS $$
        BEGIN
            RAISE WARNING '%', repeat(E'w\\x1b[2J\\r\\n<0>forged', 20000);
            RAISE '%', repeat(E'm\\x1b[2J\\r\\n<0>forged', 50000)
                USING DETAIL = E'd\\x1b[2J\\r\\n<0>forged', HINT = E'h\\x1b[2J\\r\\n<0>forged';
        END $$;
        CREATE MATERIALIZED VIEW app."\(nasty) v" AS SELECT app.fail() AS n WITH NO DATA;
        """

    @Test(
        arguments: [
            ["plan"], ["plan", "--json"], ["run"], ["run", "--log-format", "json"], ["config", "check", "--connect"],
            ["status"], ["history"],
        ], PostgresVersion.underTest)
    func reachNoTerminalAndForgeNoLine(arguments: [String], version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(Self.sql)
            let result = try await Pgtend.run(arguments + ["--database", database.conninfo(), "--schema", "app"])
            let output = result.everything
            #expect(
                !output.unicodeScalars.contains { ["\u{1B}", "\u{9B}", "\u{202E}", "\r"].contains($0) }, "\(result)")
            #expect(!output.split(separator: "\n").contains { $0.hasPrefix("<0>forged") || $0.hasPrefix("forged") })
            if arguments == ["run"] { #expect(output.contains("<0>forged")) }
            #expect(output.utf8.count < 200_000, "\(output.utf8.count)")
        }
    }
}
