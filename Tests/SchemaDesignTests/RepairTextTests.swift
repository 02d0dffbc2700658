import TestSupport
import Testing

@testable import SchemaDesign

@Suite("Texts of the repair")
struct RepairTextTests {
    /// By them it is decided as whom a question about rows is asked.
    @Test func rulesNameAllTablesThatTheyRead() {
        for rule in RepairRule.all {
            let text = [rule.value, rule.condition, rule.refusal, rule.report].compactMap(\.self).joined(
                separator: "\n")
            let tables = text.matches(of: /mcp\.([a-z_]+) AS/).map { String($0.1) }
            #expect(rule.relations.count > 0 && Set(tables).isSubset(of: rule.relations), "\(rule.column)")
        }
        #expect(RepairRule.all.contains { $0.relations.count > 1 })
    }

    // MARK: - Expressions

    @Test func namesAreFoundOutsideOfLiterals() {
        let expression = #"CHECK (((status)::text = 'status of "it"''s' OR "Odd ""name""" > 1))"#
        #expect(DeparsedExpression(expression).names.isSuperset(of: ["CHECK", "status", "text", "OR"]))
        #expect(!DeparsedExpression(expression).names.contains("of"))
        #expect(DeparsedExpression(expression).tokens.map(\.raw).joined() == expression)
    }

    @Test func columnsAreRenamedAndNothingElseIs() {
        #expect(
            DeparsedExpression("(status = 'status' AND my_status > 0) OR \"status\" = 1")
                .renaming(["status": "new_status"])
                == "(\"new_status\" = 'status' AND my_status > 0) OR \"new_status\" = 1")
    }

    /// Whatever it is made of, an expression is its tokens put together.
    @Test func tokensLoseNothing() {
        var random = Seeded()
        let parts = ["a", "_b", "\"", "'", "''", "\"\"", " ", "(", ")", "::", "=", "1", "é", "\n", ",", "$1", "status"]
        for _ in 1...2_000 {
            let count = Int.random(in: 0...12, using: &random)
            let expression = (0..<count).map { _ in parts.randomElement(using: &random) ?? "" }.joined()
            #expect(DeparsedExpression(expression).tokens.map(\.raw).joined() == expression, "seed \(random.seed)")
        }
    }

    @Test func longNamesAreCutAndStayApart() {
        let long = String(repeating: "long_", count: 12)
        let names = ["a", "b"].map { ReservedName.fitted("pgtend_new_", long + $0) }
        #expect(names.allSatisfy { $0.utf8.count <= 63 && $0.hasPrefix("pgtend_new_long_") })
        #expect(names[0] != names[1])
        #expect(ReservedName.fitted("pgtend_new_", "short") == "pgtend_new_short")
    }

    @Test(arguments: [
        ("FOREIGN KEY (tenant_id, user_id) REFERENCES mcp.users(tenant_id, id)", "users"),
        ("FOREIGN KEY (a) REFERENCES \"odd schema\".\"odd.table\"(b) ON DELETE CASCADE", "odd.table"),
    ])
    func theReferencedTableIsRead(definition: String, table: String) {
        #expect(ConstraintDefinition(definition).referencedTable == table)
    }

    // MARK: - Mappings

    @Test func aMappingNamesAColumnOrNone() throws {
        #expect(ValueMapping("\u{212A}=a") != ValueMapping("K=a"))
        #expect(ValueMapping.problems(of: ["user=user", "user=user"]) == [])
        let any = try #require(ValueMapping("standard=user"))
        #expect(any.concerns("api_keys", "key_type") && any.concerns("tasks", "status"))
        #expect(!any.isFor("api_keys", "key_type"))
        let one = try #require(ValueMapping("tasks.status:done=completed"))
        #expect((one.old, one.new) == ("done", "completed"))
        #expect(one.concerns("tasks", "status") && one.isFor("tasks", "status"))
        #expect(!one.concerns("workflows", "status"))
        // Whatever an old value is made of: only the first colon and the first equals sign part it.
        let model = try #require(ValueMapping("embeddings.model_id:a/b:c/3=x=y"))
        #expect((model.old, model.new) == ("a/b:c/3", "x=y"))
        #expect(ValueMapping("=user")?.old == "")
    }

    @Test(arguments: ["", "standard", "standard=", "status:done=completed", "a.b.c:old=new"])
    func whatIsNoMappingIsNone(text: String) {
        #expect(ValueMapping(text) == nil)
    }

    /// A caller is told all of his mistakes at once.
    @Test func everyMappingThatIsWrongIsNamed() {
        let texts = ["a", "tasks.nope:a=b", "old=one", "tasks.status:old=two", "old=two", "nope.id:x=y", "=user"]
        #expect(
            ValueMapping.problems(of: texts) == [
                "'a': expected OLD=NEW or TABLE.COLUMN:OLD=NEW",
                "'tasks.nope:a=b': the schema has no column tasks.nope",
                "'old=two': 'old' is said to be 'one' and 'two'",
                "'nope.id:x=y': the schema has no column nope.id",
            ])
        #expect(ValueMapping.problems(of: ["a=b", "a=b", "tasks.status:a=c"]) == [])
    }

    // MARK: - Rules

    @Test func aRuleIsItsHeadAndItsParts() {
        let rule = RepairRule(
            """
            -- Some reason: with a colon.
            -- column: things.kind
            -- from: type
            -- map: a=b
            -- map: c=d
            -- where:
            r.kind IS NULL
            -- value:
            SELECT 1 -- value
            """)
        #expect((rule.table, rule.column, rule.source) == ("things", "kind", "type"))
        #expect(rule.map.map(\.new) == ["b", "d"])
        #expect(rule.condition == "r.kind IS NULL")
        #expect(rule.value == "SELECT 1 -- value")
        #expect(rule.before == nil && rule.refusal == nil && rule.deriving == nil)
    }

    /// A rule for a column that the schema does not have would never be used.
    @Test func everyRuleIsAboutAColumnOfTheSchema() {
        let facts = RecordedFacts.platform.facts(major: 18, extensionSchemas: [:])
        #expect(RepairRule.all.count > 4)
        for rule in RepairRule.all {
            #expect(facts.contains(.init(.column, rule.column, of: rule.table)), "\(rule.table).\(rule.column)")
            #expect(rule.source != nil || rule.deriving != nil || rule.value != nil)
        }
    }
}
