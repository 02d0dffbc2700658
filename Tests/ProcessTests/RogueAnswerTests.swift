import Synchronization
import TestSupport
import Testing

/// Numbers and texts that no honest server answers with: the program ends with an exit code, never with a signal.
@Suite("Answers that cannot be", .serialized)
struct RogueAnswerTests {
    private static let numbers = ["9223372036854775807", "-9223372036854775808", ""]

    /// A row with this in the place of each number.
    private static func row(_ body: [UInt8], with number: String) -> [UInt8] {
        var (changed, place) = (Array(body.prefix(2)), 2)
        while place + 4 <= body.count {
            let length = Int(Int32(bitPattern: body[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) }))
            place += 4
            let value = body[place..<place + max(length, 0)]
            place += value.count
            let isNumber = !value.isEmpty && value.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            let new = isNumber ? Array(number.utf8) : Array(value)
            changed += RogueServer.bytes(length < 0 ? -1 : Int32(new.count)) + new
        }
        return RogueServer.message("D", changed)
    }

    @Test(arguments: [["plan", "--json"], ["status"], ["history"], ["config", "check", "--connect"], ["run"]])
    func endTheProgramWithAnExitCode(arguments: [String]) async throws {
        let version = try #require(PostgresVersion.underTest.first)
        let cluster = try await Cluster.shared(version)
        try await TestDatabase.with(version) { database in
            try await database.psql(
                """
                CREATE SCHEMA app;
                CREATE TABLE app.events (at timestamptz NOT NULL) PARTITION BY RANGE (at);
                CREATE TABLE app.events_2025_01 PARTITION OF app.events
                    FOR VALUES FROM ('2025-01-01 00:00+00') TO ('2025-02-01 00:00+00');
                CREATE MATERIALIZED VIEW app.v AS SELECT 1 AS one;
                """)
            // Which messages are rows with a number, and then each of them once with each of the others.
            let rows = Mutex<Set<Int>>([])
            let target = Mutex((number: -1, value: ""))
            let rogue = try RogueServer(before: cluster, mark: "pg_backend_pid") { message in
                guard message.type == UInt8(ascii: "D"), let number = message.number else { return nil }
                let (wanted, value) = target.withLock { $0 }
                let changed = Self.row(message.body, with: value)
                if wanted < 0, changed != RogueServer.message("D", message.body) {
                    rows.withLock { _ = $0.insert(number) }
                }
                return number == wanted ? changed : nil
            }
            defer { rogue.close() }
            let conninfo = "host='\(rogue.folder)' dbname='\(database.name)' user=postgres"
            let command = arguments + ["--database", conninfo, "--schema", "app"]
            _ = try await Pgtend.run(command)
            let numbers = rows.withLock(\.self)
            try #require(!numbers.isEmpty)
            for number in numbers {
                for value in Self.numbers {
                    target.withLock { $0 = (number, value) }
                    let result = try await Pgtend.run(command)
                    guard case .exited = result.ending else {
                        Issue.record("message \(number) with \(value): \(result)")
                        continue
                    }
                }
            }
        }
    }
}
