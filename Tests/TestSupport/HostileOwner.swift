import PostgresClient

/// A database in which the owner of a table wants more than is hers: another owner's rows, or to be a superuser.
///
/// Roles belong to the whole cluster, so each database has some of its own. In SQL of the tests `:eve` is the hostile
/// owner of schema `app`, `:victim` the owner of `vault.secret`, `:pgtend` the role that pgtend connects as.
package struct HostileOwner: Sendable {
    /// How pgtend connects.
    package enum Way: String, CaseIterable, Sendable, CustomStringConvertible {
        case superuser = "as superuser"
        case member = "as a member of the owners"
        case owner = "as the hostile owner herself"

        package var description: String { rawValue }
        /// Whether code that gets back into the role of the session has won anything.
        package var hasMore: Bool { self != .owner }
    }

    /// One thing to try, in one way, on one version.
    package struct Attempt<Subject: Sendable & CustomStringConvertible>: Sendable, CustomStringConvertible {
        package let subject: Subject
        package let way: Way
        package let version: PostgresVersion

        package var description: String { "\(subject), \(way), \(version)" }

        /// Each of the subjects on each version under test, in the two ways that have more in turns: on another version
        /// in the other.
        package static func inTurns(_ subjects: [Subject]) -> [Self] {
            let ways = Way.allCases.filter(\.hasMore)
            return subjects.indices.flatMap { index in
                PostgresVersion.underTest.enumerated().map { turn, version in
                    Self(subject: subjects[index], way: ways[(index + turn) % ways.count], version: version)
                }
            }
        }

        /// Each of the subjects in each way on each version under test.
        package static func all(_ subjects: [Subject]) -> [Self] {
            subjects.flatMap { subject in
                Way.allCases.flatMap { way in
                    PostgresVersion.underTest.map { Self(subject: subject, way: way, version: $0) }
                }
            }
        }
    }

    package let database: TestDatabase
    package let way: Way

    /// Runs `body` in such a database, whose roles are dropped with it.
    package static func with<Value>(
        _ version: PostgresVersion, _ way: Way, isolation: isolated (any Actor)? = #isolation,
        _ body: (HostileOwner) async throws -> Value
    ) async throws -> Value {
        var names: [String] = []
        let result: Result<Value, any Error>
        do {
            result = .success(
                try await TestDatabase.with(version) { database in
                    let owner = HostileOwner(database: database, way: way)
                    names = [owner.eve, owner.victim, owner.member]
                    try await owner.prepare(version)
                    return try await body(owner)
                })
        } catch {
            result = .failure(error)
        }
        if !names.isEmpty {
            try await Cluster.shared(version).execute("DROP ROLE IF EXISTS \(names.joined(separator: ", "))")
        }
        return try result.get()
    }

    package var eve: String { "\(database.name)_eve" }
    package var victim: String { "\(database.name)_victim" }
    /// The role that may become either.
    package var member: String { "\(database.name)_pgtend" }
    package var pgtend: String {
        switch way {
        case .superuser: "postgres"
        case .member: member
        case .owner: eve
        }
    }

    /// Runs SQL as a superuser, or as the hostile owner.
    @discardableResult
    package func psql(_ sql: String, asEve: Bool = false) async throws -> String {
        try await database.psql(named(sql), user: asEve ? eve : "postgres")
    }

    /// Puts in the names of this database's roles.
    package func named(_ sql: String) -> String {
        [(":eve", eve), (":victim", victim), (":pgtend", pgtend)].reduce(sql) { text, pair in
            text.split(separator: pair.0, omittingEmptySubsequences: false).joined(separator: pair.1)
        }
    }

    /// What she has got: nothing, or a sentence for each thing.
    package func gains() async throws -> [String] {
        let found = try await psql(
            """
            SELECT 'is a superuser' FROM pg_roles WHERE rolname = ':eve' AND rolsuper
            UNION ALL
            SELECT DISTINCT 'has ' || x FROM app.loot
            """)
        return found.split(separator: "\n").map(String.init)
    }

    private func prepare(_ version: PostgresVersion) async throws {
        let options = version.rawValue >= 16 ? " WITH INHERIT FALSE, SET TRUE" : ""
        try await psql(
            """
            CREATE ROLE :eve LOGIN; CREATE ROLE :victim LOGIN;
            CREATE ROLE \(member) LOGIN\(version.rawValue >= 16 ? "" : " NOINHERIT");
            GRANT :eve, :victim TO \(member)\(options);
            CREATE SCHEMA app AUTHORIZATION :eve; GRANT USAGE ON SCHEMA app TO PUBLIC;
            CREATE SCHEMA vault AUTHORIZATION :victim;
            SET ROLE :victim;
            CREATE TABLE vault.secret (x text); INSERT INTO vault.secret VALUES ('the secret');
            SET ROLE :eve;
            CREATE TABLE app.loot (x text); GRANT SELECT, INSERT ON app.loot TO PUBLIC;
            -- Whatever leads back to the session's role, then whatever that role may do; first, what the role may do as
            -- which it is called.
            CREATE FUNCTION app.steal() RETURNS text LANGUAGE plpgsql AS $$
            DECLARE way text;
            BEGIN
                -- Autovacuum evaluates indexes as the owners of tables: what it does is none of pgtend's.
                IF pg_catalog.current_setting('application_name') OPERATOR(pg_catalog.=) '' THEN RETURN 'left alone'; END IF;
                FOREACH way IN ARRAY ARRAY[
                    'SELECT', 'RESET ROLE', 'SET ROLE :victim', 'SET LOCAL ROLE :victim', 'RESET SESSION AUTHORIZATION',
                    'SET SESSION AUTHORIZATION :victim', 'DISCARD ALL', 'RESET ALL',
                    $w$SELECT set_config('role', ':victim', false)$w$, $w$SELECT set_config('role', 'none', true)$w$
                ] LOOP
                    BEGIN
                        EXECUTE way;
                        INSERT INTO app.loot SELECT x FROM vault.secret;
                    EXCEPTION WHEN OTHERS THEN NULL;
                    END;
                    BEGIN
                        EXECUTE way;
                        ALTER ROLE :eve SUPERUSER;
                    EXCEPTION WHEN OTHERS THEN NULL;
                    END;
                END LOOP;
                -- So that what called it goes on as if nothing had happened.
                BEGIN
                    RESET SESSION AUTHORIZATION;
                    PERFORM set_config('role', ':eve', false);
                EXCEPTION WHEN OTHERS THEN NULL;
                END;
                RETURN 'done';
            END $$;
            CREATE FUNCTION app.check_it() RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
            BEGIN PERFORM app.steal(); RETURN true; END $$;
            """)
    }
}
