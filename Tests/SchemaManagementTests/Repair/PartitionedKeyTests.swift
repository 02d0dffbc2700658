import PostgresClient
import SchemaDesign
import TestSupport
import Testing

@testable import SchemaManagement

/// A key of a partitioned table: the platform's schema has none yet, so that it is planned and executed for another one.
@Suite("A foreign key of a partitioned table")
struct PartitionedKeyTests {
    private static let tables = """
        CREATE SCHEMA s;
        CREATE TABLE s.kinds (id integer PRIMARY KEY);
        CREATE TABLE s.things (id integer NOT NULL, kind_id integer REFERENCES s.kinds (id), PRIMARY KEY (id))
            PARTITION BY RANGE (id);
        CREATE TABLE s.things_1 PARTITION OF s.things FOR VALUES FROM (0) TO (1000);
        CREATE TABLE s.things_2 PARTITION OF s.things FOR VALUES FROM (1000) TO (2000);
        """
    private static let rows = """
        INSERT INTO s.kinds SELECT generate_series(1, 10);
        INSERT INTO s.things SELECT i, 1 + i % 10 FROM generate_series(0, 1999) AS i;
        """

    @Test(arguments: PostgresVersion.underTest)
    func standsInEachPartitionAndThenInTheTable(version: PostgresVersion) async throws {
        try await TestDatabase.with(version) { database in
            try await database.psql(Self.tables + Self.rows)
            let connection = try await database.connect()
            let reader = FactsReader(connection: connection, schema: "s", roles: [])
            let expected = try await reader.read()
            let keys = """
                SELECT conrelid::regclass, convalidated, conparentid <> 0 FROM pg_constraint
                WHERE contype = 'f' AND confrelid = 's.kinds'::regclass ORDER BY 1
                """
            let before = try await database.psql(keys)
            #expect(before == "s.things|t|f\ns.things_1|t|t\ns.things_2|t|t")

            try await database.psql("ALTER TABLE s.things DROP CONSTRAINT things_kind_id_fkey")
            var runner = SchemaStepRunner(
                connection: connection, schema: "s", locks: TestDatabase.patientLocks, programVersion: "1.2.3")
            try await runner.prepare()
            let plan = try await Self.plan(expected, connection)
            #expect(plan.refusals == [])
            for step in plan.steps { try await runner.execute([step]) }

            #expect(try await database.psql(keys) == before)
            let live = try await reader.read()
            let key = CatalogObject(.constraint, "things_kind_id_fkey", of: "things")
            #expect(live[key, .definition] == expected[key, .definition])
            await connection.close()
        }
    }

    @Test func isRefusedForRowsThatReferToNothing() async throws {
        try await TestDatabase.with { database in
            try await database.psql(Self.tables + Self.rows)
            let connection = try await database.connect()
            let expected = try await FactsReader(connection: connection, schema: "s", roles: []).read()
            try await database.psql(
                "ALTER TABLE s.things DROP CONSTRAINT things_kind_id_fkey; "
                    + "UPDATE s.things SET kind_id = 77 WHERE id IN (3, 1003, 1004); "
                    + "UPDATE s.things SET kind_id = -id WHERE id BETWEEN 100 AND 109")
            let plan = try await Self.plan(expected, connection)
            #expect(
                plan.refusals.map(\.reason) == [
                    "13 row(s): refer to rows of kinds that are not there (FOREIGN KEY (kind_id) REFERENCES s.kinds(id)): "
                        + "'77' (3), \((100...108).map { "'-\($0)' (1)" }.joined(separator: ", ")), and 1 more"
                ])
            await connection.close()
        }
    }

    private static func plan(
        _ expected: CatalogFacts, _ connection: Connection
    ) async throws -> SchemaPlan {
        let live = try await FactsReader(connection: connection, schema: "s", roles: []).read()
        let verification = SchemaVerification(
            schema: "s", major: connection.server.version.major, expected: expected, live: live, isRecorded: true)
        let identity = try await connection.identity(of: "s")
        let ground = try await QuestionGround.read(connection, live, of: "s", identity)
        var answers: [SchemaQuestion: [SchemaQuestion.Obstacle]] = [:]
        while true {
            let planner = try SchemaPlanner(
                verification, schema: "s", rules: [], choices: RepairChoices(), answers: answers)
            if planner.openQuestions.isEmpty { return planner.result }
            for question in planner.openQuestions {
                answers[question] = try await connection.answer(to: question, on: ground)
            }
        }
    }
}
