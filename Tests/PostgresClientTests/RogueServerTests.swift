import PostgresClient
import TestSupport
import Testing

/// Whatever a server sends, the client returns: with a result, or with an error.
@Suite("A server that does not keep to the protocol", .timeLimit(.minutes(3)))
struct RogueServerTests {
    struct Answer: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// In the place of the whole answer to a statement.
        let bytes: [UInt8]
        var kinds: Set<PostgresError.Kind> = [.connection]
    }

    private static func message(_ type: Character, _ body: [UInt8], length: Int? = nil) -> [UInt8] {
        RogueServer.message(type, body, length: length)
    }

    private static func describing(_ columns: String..., count: Int16? = nil) -> [UInt8] {
        var body = RogueServer.bytes(count ?? Int16(columns.count))
        for column in columns {
            body += Array(column.utf8) + [0]
            body += RogueServer.bytes(Int32(0)) + RogueServer.bytes(Int16(0))
            // An int4.
            body += RogueServer.bytes(Int32(23)) + RogueServer.bytes(Int16(4))
            body += RogueServer.bytes(Int32(-1)) + RogueServer.bytes(Int16(0))
        }
        return message("T", body)
    }

    private static func row(_ values: [UInt8]?..., count: Int16? = nil, length: Int32? = nil) -> [UInt8] {
        var body = RogueServer.bytes(count ?? Int16(values.count))
        for value in values {
            body += RogueServer.bytes(length ?? Int32(value?.count ?? -1))
            body += value ?? []
        }
        return message("D", body)
    }

    private static let done = message("C", Array("SELECT 1".utf8) + [0]) + message("Z", [UInt8(ascii: "I")])
    private static let one = Array("1".utf8)

    private static let answers = [
        Answer(testDescription: "a row with fewer columns", bytes: describing("n", "m") + row(one) + done),
        Answer(testDescription: "a row with more columns", bytes: describing("n") + row(one, one) + done),
        Answer(
            testDescription: "a row that names more columns than it has",
            bytes: describing("n") + row(one, count: 9) + done),
        Answer(testDescription: "a negative number of columns", bytes: describing("n", count: -7) + row(one) + done),
        Answer(testDescription: "a row without a description", bytes: row(one) + done),
        Answer(testDescription: "a value of a negative length", bytes: describing("n") + row(one, length: -5) + done),
        Answer(
            testDescription: "a value longer than its message", bytes: describing("n") + row(one, length: 9_999) + done),
        Answer(testDescription: "a message of a negative length", bytes: message("T", [], length: -1) + done),
        Answer(testDescription: "a message too short for its length", bytes: message("Z", [], length: 3) + done),
        Answer(
            testDescription: "a message of two gigabytes that does not come",
            bytes: message("D", [], length: 2_147_483_647), kinds: [.connection, .timedOut]),
        Answer(testDescription: "a message of an unknown type", bytes: message("?", one) + done),
        Answer(testDescription: "bytes of no meaning", bytes: (0..<2_000).map { UInt8(truncatingIfNeeded: $0 &* 167) }),
        Answer(
            testDescription: "nothing that follows a description", bytes: describing("n"), kinds: [.timedOut]),
        Answer(
            testDescription: "another column", bytes: describing("m") + row(one) + done, kinds: [.decoding, .shape]),
        Answer(testDescription: "no columns", bytes: describing() + row() + done, kinds: [.decoding, .shape]),
        Answer(testDescription: "NULL", bytes: describing("n") + row(nil) + done, kinds: [.decoding]),
        Answer(testDescription: "no number", bytes: describing("n") + row([0xFF, 0xFE]) + done, kinds: [.decoding]),
        Answer(
            testDescription: "a number of 200 digits",
            bytes: describing("n") + row([UInt8](repeating: UInt8(ascii: "9"), count: 200)) + done, kinds: [.decoding]),
        Answer(testDescription: "no row", bytes: describing("n") + done, kinds: [.shape]),
        Answer(testDescription: "two rows", bytes: describing("n") + row(one) + row(one) + done, kinds: [.shape]),
        Answer(testDescription: "no result", bytes: message("Z", [UInt8(ascii: "I")]), kinds: [.shape, .connection]),
        Answer(testDescription: "an empty query", bytes: message("I", []) + message("Z", [73]), kinds: [.shape]),
        Answer(
            testDescription: "an error without fields", bytes: message("E", [0]) + message("Z", [UInt8(ascii: "I")]),
            kinds: [.connection, .server]),
        Answer(
            testDescription: "a COPY", bytes: message("H", [0, 0, 0]) + done, kinds: [.misuse, .connection]),
        Answer(
            testDescription: "more results than statements",
            bytes: (0..<20_000).flatMap { _ in message("C", Array("SELECT 0".utf8) + [0]) } + done,
            kinds: [.connection, .shape]),
        Answer(
            testDescription: "parameters of the session",
            bytes: message("S", Array("server_version".utf8) + [0] + Array("-1".utf8) + [0])
                + message("S", Array("client_encoding".utf8) + [0] + Array("NONSENSE".utf8) + [0])
                + message("S", Array("without an end".utf8)) + done, kinds: [.connection, .shape]),
    ]

    @Test(arguments: answers)
    func isAnErrorAndNoCrash(answer: Answer) async throws {
        let cluster = try await Cluster.shared(.v15)
        let rogue = try RogueServer(before: cluster, mark: "rogue") { $0.number == 0 ? answer.bytes : [] }
        defer { rogue.close() }
        let connection = try await Connection.open(
            ConnectionInfo(parsing: "host='\(rogue.folder)' dbname=postgres user=postgres"),
            options: SessionOptions(statementTimeout: .milliseconds(300), cancelGrace: .milliseconds(300)))
        let error = try await #require(throws: PostgresError.self) {
            let row = try await connection.row("SELECT 1 AS n -- rogue")
            _ = try row.decode("n", as: Int.self)
        }
        #expect(answer.kinds.contains(error.kind), "\(error)")
        await connection.close()
    }

    struct Flood: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
    }

    private static let notice = message(
        "N", Array("SWARNING".utf8) + [0] + Array("C01000".utf8) + [0] + Array("Mfor ever".utf8) + [0, 0])

    @Test(arguments: [
        Flood(testDescription: "notices", bytes: (0..<500).flatMap { _ in notice }),
        Flood(testDescription: "results", bytes: (0..<500).flatMap { _ in message("C", Array("SELECT 0".utf8) + [0]) }),
        Flood(
            testDescription: "notifications",
            bytes: (0..<500).flatMap { _ in message("A", [0, 0, 0, 1, 65, 0, 66, 0]) }),
    ])
    func doesNotGoOnForEver(flood: Flood) async throws {
        let cluster = try await Cluster.shared(.v15)
        let rogue = try RogueServer(before: cluster, mark: "rogue", flood: flood.bytes)
        defer { rogue.close() }
        let connection = try await Connection.open(
            ConnectionInfo(parsing: "host='\(rogue.folder)' dbname=postgres user=postgres"),
            options: SessionOptions(statementTimeout: .milliseconds(500), cancelGrace: .milliseconds(300)))
        let start = ContinuousClock.now
        let error = try await #require(throws: PostgresError.self) { try await connection.execute("SELECT 1 -- rogue") }
        #expect([.timedOut, .connection].contains(error.kind), "\(error)")
        #expect(connection.isBroken)
        #expect(start.duration(to: .now) < .seconds(20))
    }

    @Test func isToldInWordsOfABoundedLength() async throws {
        try await TestDatabase.with(.v15) { database in
            let connection = try await database.connect()
            let error = try await #require(throws: PostgresError.self) {
                try await connection.execute(
                    "DO $$ BEGIN RAISE '%', repeat('x', 1000000) USING HINT = repeat('é', 1000000); END $$")
            }
            #expect(error.message.utf8.count < 17_000 && error.message.hasSuffix("x..."))
            #expect((error.hint ?? "").utf8.count < 17_000)
        }
    }
}
