import Foundation
import Synchronization
import TestSupport
import Testing

/// Whoever may act as the schema's own role may rename the schema, and put another in its place, while an administrator's
/// command works in it. Here it is tried just before a statement that counts.
@Suite("Another schema in the place of the schema", .serialized)
struct SchemaSwapTests {
    struct Attack: Sendable, CustomStringConvertible {
        let description: String
        /// By a superuser: what the command has to do.
        let gap: String
        /// As the schema's own role: the schema `evil`.
        let likeness: String
        let arguments: [String]
        /// The statement that the swap comes before.
        let moment: String
        /// What she has won; false for nothing.
        let gain: String
        /// What she does then; nil for putting the schema `evil` in the place.
        var swap = SchemaSwapTests.swap
        /// Whether the command has to do its work: she is kept waiting. Otherwise it says what it was shown.
        var isDone = true
        var refusal = "looked at"
    }

    fileprivate static let swap = "ALTER SCHEMA mcp RENAME TO former; ALTER SCHEMA evil RENAME TO mcp"
    private static let swapBack = "ALTER SCHEMA mcp RENAME TO evil; ALTER SCHEMA former RENAME TO mcp"
    private static let gained = "EXISTS (SELECT FROM app.loot)"
    /// Of a superuser, in the place of a plain table.
    private static func view(_ table: String) -> String {
        "CREATE VIEW evil.\(table) AS SELECT 1::bigint AS version, false AS dirty WHERE app.check_it()"
    }
    private static let migrations = """
        CREATE TABLE mcp.schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL);
        INSERT INTO mcp.schema_migrations VALUES (1, true)
        """
    private static let reading = "FROM ONLY \"mcp\".\"schema_migrations\" AS m"
    private static let counting = "SELECT FROM \"mcp\".\"models\" LIMIT"
    private static let index = """
        CREATE TABLE evil.models (id integer); CREATE INDEX ON evil.models (id) WHERE app.check_it()
        """
    private static let embeddings = """
        CREATE VIEW evil.embeddings AS
        SELECT NULL::tsvector AS content_tsvector, 1 AS document_length, '{}'::jsonb AS term_frequencies WHERE app.check_it()
        """
    private static let asking = "FROM \"mcp\".\"embeddings\" AS r WHERE r.content_tsvector IS NULL"
    /// Of the transaction of a rollback.
    private static let beginning = "SET LOCAL statement_timeout = '30min'"
    private static let holding = "LOCK TABLE ONLY \"mcp\".\"%\" IN ACCESS SHARE MODE"

    private static let attacks = [
        Attack(
            description: "a function that was made, before it is given away",
            gap: "DROP FUNCTION mcp.find_api_key(text)",
            likeness: "CREATE FUNCTION evil.find_api_key(text) RETURNS integer LANGUAGE sql AS 'SELECT 1'",
            arguments: ["repair"], moment: "ALTER FUNCTION \"mcp\".find_api_key(text) OWNER TO",
            gain: """
                EXISTS (SELECT FROM pg_proc AS p JOIN pg_roles AS r ON r.oid = p.proowner
                    WHERE p.proname = 'find_api_key' AND r.rolsuper)
                """),
        Attack(
            description: "a table that is given to the schema's own role",
            gap: "ALTER TABLE mcp.models OWNER TO postgres",
            likeness: """
                RESET ROLE; GRANT USAGE, CREATE ON SCHEMA evil TO :victim; SET ROLE :victim;
                CREATE TABLE evil.models (secret text)
                """, arguments: ["repair"], moment: "ALTER TABLE \"mcp\".\"models\" OWNER TO",
            gain: """
                EXISTS (SELECT FROM pg_class AS c WHERE c.relname = 'models' AND c.relnatts = 1
                    AND c.relowner <> ':victim'::regrole)
                """),
        Attack(
            description: "the same, before the transaction of the step",
            gap: "ALTER TABLE mcp.models OWNER TO postgres",
            likeness: """
                RESET ROLE; GRANT USAGE, CREATE ON SCHEMA evil TO :victim; SET ROLE :victim;
                CREATE TABLE evil.models (secret text)
                """, arguments: ["repair"], moment: "ms';\nDO ",
            gain: """
                EXISTS (SELECT FROM pg_class AS c WHERE c.relname = 'models' AND c.relnatts = 1
                    AND c.relowner <> ':victim'::regrole)
                """, isDone: false, refusal: "schema mcp is not the one that was looked at"),
        Attack(
            description: "golang-migrate's table, when it is read", gap: migrations,
            likeness: view("schema_migrations"),
            arguments: ["repair", "--plan"], moment: reading, gain: gained),
        Attack(
            description: "golang-migrate's table, before it is locked", gap: migrations,
            likeness: view("schema_migrations"), arguments: ["repair", "--plan"],
            moment: holding.replacing("%", with: "schema_migrations"), gain: gained, isDone: false),
        Attack(
            description: "golang-migrate's table, which is dropped, as whoever owns the schema may", gap: migrations,
            likeness: view("schema_migrations"), arguments: ["repair", "--plan"],
            moment: holding.replacing("%", with: "schema_migrations"), gain: gained,
            swap: "DROP TABLE mcp.schema_migrations; ALTER VIEW evil.schema_migrations SET SCHEMA mcp", isDone: false),
        Attack(
            description: "golang-migrate's table, when it is written", gap: migrations,
            likeness: """
                CREATE TABLE evil.schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL);
                INSERT INTO evil.schema_migrations VALUES (1, true);
                CREATE FUNCTION evil.fire() RETURNS trigger LANGUAGE plpgsql AS
                    'BEGIN PERFORM app.steal(); RETURN NEW; END';
                CREATE TRIGGER fire BEFORE UPDATE ON evil.schema_migrations FOR EACH ROW EXECUTE FUNCTION evil.fire()
                """, arguments: ["repair"], moment: "UPDATE ONLY \"mcp\".\"schema_migrations\" SET", gain: gained),
        Attack(
            description: "golang-migrate's table, which gets a trigger before it is written",
            gap: migrations + "; GRANT TRIGGER ON mcp.schema_migrations TO mcp_owner",
            likeness: """
                CREATE FUNCTION evil.fire() RETURNS trigger LANGUAGE plpgsql AS
                    'BEGIN PERFORM app.steal(); RETURN NEW; END'
                """, arguments: ["repair"],
            moment: "LOCK TABLE ONLY \"mcp\".\"schema_migrations\" IN ROW EXCLUSIVE MODE", gain: gained,
            swap: """
                CREATE TRIGGER fire BEFORE UPDATE ON mcp.schema_migrations FOR EACH ROW EXECUTE FUNCTION evil.fire()
                """, isDone: false, refusal: "more by now"),
        Attack(
            description: "a table whose rows are counted", gap: "ALTER TABLE mcp.models OWNER TO postgres",
            likeness: view("models"), arguments: ["rollback", "--plan"], moment: counting, gain: gained),
        Attack(
            description: "a table whose rows are counted, before it is locked",
            gap: "ALTER TABLE mcp.models OWNER TO postgres", likeness: view("models"),
            arguments: ["rollback", "--plan"], moment: holding.replacing("%", with: "models"), gain: gained,
            isDone: false),
        Attack(
            description: "a table that a rollback looks for rows in", gap: "ALTER TABLE mcp.models OWNER TO postgres",
            likeness: index, arguments: ["rollback", "--confirm", "%"], moment: "pgtend.rollback_tables = ",
            gain: gained),
        Attack(
            description: "a table that a rollback looks for rows in, before its transaction",
            gap: "ALTER TABLE mcp.models OWNER TO postgres", likeness: index,
            arguments: ["rollback", "--confirm", "%"], moment: beginning, gain: gained, isDone: false),
        Attack(
            description: "a table that a rollback looks for rows in, and that is dropped before it is locked",
            gap: "ALTER TABLE mcp.models OWNER TO postgres", likeness: index,
            arguments: ["rollback", "--confirm", "%"], moment: "pgtend.rollback_tables = ", gain: gained,
            swap: "DROP TABLE mcp.models CASCADE; ALTER TABLE evil.models SET SCHEMA mcp", isDone: false),
        Attack(
            description: "a table with an obstacle to ask about", gap: "ALTER TABLE mcp.embeddings OWNER TO postgres",
            likeness: embeddings, arguments: ["repair", "--plan"], moment: asking, gain: gained),
        Attack(
            description: "a table with an obstacle to ask about, before it is locked",
            gap: "ALTER TABLE mcp.embeddings OWNER TO postgres", likeness: embeddings, arguments: ["repair", "--plan"],
            moment: holding.replacing("%", with: "embeddings"), gain: gained, isDone: false),
        Attack(
            description: "what a rollback drops", gap: "SELECT", likeness: "CREATE TABLE evil.models AS SELECT 1 AS id",
            arguments: ["rollback", "--confirm", "%"], moment: "DELETE FROM pgtend.schema_migrations",
            gain: "to_regclass('evil.models') IS NULL"),
        Attack(
            description: "what a rollback drops, before its transaction", gap: "SELECT",
            likeness: "CREATE TABLE evil.models AS SELECT 1 AS id",
            arguments: ["rollback", "--confirm", "%"], moment: beginning, gain: "to_regclass('mcp.models') IS NULL",
            isDone: false),
    ]

    /// By a superuser, who has most to lose.
    @Test(arguments: attacks, PostgresVersion.underTestWithPgvector)
    func gainsNothing(attack: Attack, version: PostgresVersion) async throws {
        try await HostileOwner.with(version, .superuser) { owner in
            _ = try await owner.schema(["apply"])
            try await owner.psql(
                """
                GRANT mcp_owner TO :eve; GRANT CREATE ON DATABASE \(owner.database.name) TO mcp_owner;
                GRANT USAGE ON SCHEMA app TO mcp_owner; GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA app TO mcp_owner;
                CREATE SCHEMA evil AUTHORIZATION mcp_owner; \(attack.gap);
                SET ROLE mcp_owner; \(attack.likeness)
                """)
            let relay = try StatementRelay(to: owner.database.cluster)
            defer { relay.close() }
            let (database, swap) = (owner.database, owner.named("SET ROLE mcp_owner; \(attack.swap)"))
            let outcome = Outcome()
            relay.pause(before: attack.moment) {
                // Where she has to wait for the command, that waits for her here.
                outcome.set(
                    await Self.isDone { try await database.psql("SET lock_timeout = '300ms'; BEGIN; \(swap); COMMIT") })
            }
            let arguments = attack.arguments.map { $0 == "%" ? database.name : $0 }
            let result = try await Pgtend.run(
                ["schema"] + arguments + ["--database", database.conninfo(user: "postgres", ["host": relay.folder])])
            guard let swapped = outcome.value else {
                Issue.record("the moment did not come: \(result)")
                return
            }
            #expect(swapped == !attack.isDone, "\(result)")
            #expect(try await owner.psql("SELECT \(attack.gain)") == "f", "\(result)")
            #expect(try await owner.gains() == [], "\(result)")
            if attack.isDone {
                #expect(result.ending == .exited(0) || attack.arguments.contains("--plan"), "\(result)")
            } else {
                #expect(!result.succeeded && result.everything.contains(attack.refusal), "\(result)")
            }
            if swapped, attack.swap == Self.swap { try await owner.psql(Self.swapBack) }
        }
    }

    private static func isDone(_ body: () async throws -> Void) async -> Bool {
        do {
            try await body()
            return true
        } catch {
            return false
        }
    }
}

/// What came of what was done at the moment; nil as long as that has not come.
private final class Outcome: Sendable {
    private let state = Mutex<Bool?>(nil)

    var value: Bool? { state.withLock { $0 } }

    func set(_ value: Bool) { state.withLock { $0 = value } }
}
