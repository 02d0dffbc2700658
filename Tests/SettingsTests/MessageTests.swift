import Settings
import Testing

@Suite("Configuration messages")
struct MessageTests {
    @Test(arguments: yaml + structure + values + names + contradictions)
    func saysWhatWasExpectedAndFoundAndWhere(_ mistake: Mistake) {
        #expect(problems(in: mistake.text) == mistake.messages)
    }

    private static let yaml: [Mistake] = [
        Mistake(
            "empty file", "",
            "pgtend.yaml:1:1: expected a mapping with the keys log_format, connections, stop_grace, databases, found an empty file"
        ),
        Mistake(
            "only comments", "# nothing\n",
            "pgtend.yaml:1:1: expected a mapping with the keys log_format, connections, stop_grace, databases, found an empty file"
        ),
        Mistake(
            "only a document marker", "---\n",
            "pgtend.yaml:2:1: expected a mapping with the keys log_format, connections, stop_grace, databases, found nothing"
        ),
        Mistake(
            "a list at the top", "- a\n",
            "pgtend.yaml:1:1: expected a mapping with the keys log_format, connections, stop_grace, databases, found a list"
        ),
        Mistake(
            "a word at the top", "hello\n",
            "pgtend.yaml:1:1: expected a mapping with the keys log_format, connections, stop_grace, databases, found 'hello'"
        ),
        Mistake(
            "a tab", "databases:\n\t- name: a\n",
            "pgtend.yaml:2:1: expected spaces, found a tab: YAML is not indented with tabs"),
        Mistake(
            "an open bracket", "databases: [\n",
            "pgtend.yaml:2:1: not valid YAML: did not find expected node content "
                + "(while parsing a flow node)"),
        Mistake(
            "a colon too many", "log_format: a: b\n",
            "pgtend.yaml:1:14: not valid YAML: mapping values are not allowed in this context"),
        Mistake(
            "a dedent that fits nothing", "databases:\n    - name: a\n   x: 1\n",
            "pgtend.yaml:3:4: not valid YAML: did not find expected key "
                + "(while parsing a block mapping that began at line 1)"),
        Mistake(
            "a control character", "log_format: te\u{1}xt\n",
            "pgtend.yaml:1:15: not valid YAML: control characters are not allowed"),
        Mistake(
            "two documents", "databases: [{name: a, conninfo: dbname=a}]\n---\nlog_format: json\n",
            "pgtend.yaml:2:1: expected one document, found a second one: everything belongs in one mapping"),
        Mistake(
            "an anchor and its alias",
            "databases:\n  - &x {name: a, conninfo: dbname=a}\n  - *x\n",
            "pgtend.yaml:2:5: an anchor (&name) is not taken here: write the value out where it is needed",
            "pgtend.yaml:3:5: an alias (*name) is not taken here: write the value out"),
        Mistake(
            "a tag", inDatabase: "lock_tries: !!int 3",
            "pgtend.yaml:4:17: a tag (!name) is not taken here: write the value alone"),
        Mistake(
            "an abyss", "databases: " + String(repeating: "[", count: 40),
            "pgtend.yaml:1:43: expected at most 32 levels, found more"),
        Mistake(
            "a mistake above a syntax error", inDatabase: "lock_tries: many\nviews: [",
            "pgtend.yaml:4:17: databases[0].lock_tries: expected an integer from 1 to 100 "
                + "(each try makes others wait), found 'many'",
            "pgtend.yaml:5:12: databases[0].views: expected a mapping with the keys discover, blocking, "
                + "statement_timeout, schedule, list, found a list",
            "pgtend.yaml:6:1: not valid YAML: did not find expected node content (while parsing a flow node)"),
    ]

    private static let structure: [Mistake] = [
        Mistake(
            "an unknown key", inDatabase: "partitions:\n  premkae: 3",
            "pgtend.yaml:5:7: databases[0].partitions: unknown key 'premkae'; did you mean 'premake'?"),
        Mistake(
            "an unknown key that is like none", inDatabase: "partitions:\n  colour: red",
            "pgtend.yaml:5:7: databases[0].partitions: unknown key 'colour'; known here: "
                + "discover, premake, fill_gaps, runway, schedule, analyze, sets"),
        Mistake(
            "a key in the wrong place", inDatabase: "premake: 3",
            "pgtend.yaml:4:5: databases[0]: unknown key 'premake'; it belongs in 'partitions'"),
        Mistake(
            "an unknown key at the top", "databasse: []\n",
            "pgtend.yaml:1:1: unknown key 'databasse'; did you mean 'databases'?"),
        Mistake(
            "a duplicate key", inDatabase: "lock_tries: 3\nlock_timeout: 1s\nlock_tries: 4",
            "pgtend.yaml:6:5: databases[0]: duplicate key 'lock_tries' (first at line 4)"),
        Mistake(
            "a list for a key", inDatabase: "? [a, b]\n: 1",
            "pgtend.yaml:4:7: databases[0]: expected a key (name, conninfo, pooler, schemas, lock_timeout, "
                + "lock_tries, lock_budget_per_hour, slice, partitions, views, statistics, ledger), found a list"),
        Mistake(
            "missing keys", "databases:\n  - schemas: [mcp]\n",
            "pgtend.yaml:2:5: databases[0]: missing key 'name': expected a name of 1 to 63 bytes "
                + "without '=' and '://'",
            "pgtend.yaml:2:5: databases[0]: missing key 'conninfo': expected a libpq connection string such as "
                + "'host=/run/postgresql dbname=NAME'"),
        Mistake(
            "a required key that is misspelt is reported once", "databases:\n  - nmae: a\n    conninfo: dbname=a\n",
            "pgtend.yaml:2:5: databases[0]: unknown key 'nmae'; did you mean 'name'?"),
        Mistake(
            "no databases", "databases: []\n",
            "pgtend.yaml:1:12: databases: expected a list of at least one mapping, found an empty list"),
        Mistake(
            "a mapping for a list", "databases:\n  name: a\n",
            "pgtend.yaml:2:3: databases: expected a list of at least one mapping, found a mapping"),
        Mistake(
            "a list for a mapping", inDatabase: "partitions: [1]",
            "pgtend.yaml:4:17: databases[0].partitions: expected a mapping with the keys discover, premake, "
                + "fill_gaps, runway, schedule, analyze, sets, found a list"),
        Mistake(
            "an element that is no mapping", inDatabase: "partitions: {sets: [mcp.a]}",
            "pgtend.yaml:4:25: databases[0].partitions.sets[0]: expected a mapping with the keys table, interval, "
                + "zone, premake, naming, fill_gaps, runway, bridge, enabled, found 'mcp.a'"),
        Mistake(
            "a corpus without a target", inDatabase: "statistics: {corpora: [{source: {table: s.d}}]}",
            "pgtend.yaml:4:28: databases[0].statistics.corpora[0]: missing key 'target': expected a mapping"),
        Mistake(
            "a corpus with an empty source",
            inDatabase: "statistics: {corpora: [{source: , target: {table: s.t}}]}",
            "pgtend.yaml:4:37: databases[0].statistics.corpora[0].source: missing key 'table': "
                + "expected a table with its schema, as schema.name"),
    ]

    private static let values: [Mistake] = [
        Mistake(
            "a pooler that shares backends", inDatabase: "pooler: transaction",
            "pgtend.yaml:4:13: databases[0].pooler: expected refuse or session, found 'transaction'"),
        Mistake(
            "a word for a number", inDatabase: "lock_tries: two",
            "pgtend.yaml:4:17: databases[0].lock_tries: expected an integer from 1 to 100 "
                + "(each try makes others wait), found 'two'"),
        Mistake(
            "a number in quotes", inDatabase: "lock_tries: \"2\"",
            "pgtend.yaml:4:17: databases[0].lock_tries: expected an integer from 1 to 100 "
                + "(each try makes others wait), found '2' in quotes: write it without quotes"),
        Mistake(
            "a number that could be octal", inDatabase: "lock_tries: 010",
            "pgtend.yaml:4:17: databases[0].lock_tries: expected an integer from 1 to 100 "
                + "(each try makes others wait), found '010'"),
        Mistake(
            "no tries", inDatabase: "lock_tries: 0",
            "pgtend.yaml:4:17: databases[0].lock_tries: expected an integer from 1 to 100 "
                + "(each try makes others wait), found '0'"),
        Mistake(
            "partitions for a millennium", inDatabase: "partitions: {premake: 12000}",
            "pgtend.yaml:4:27: databases[0].partitions.premake: expected an integer from 0 to 400 "
                + "(each is a table that every plan of a query has to weigh), found '12000'"),
        Mistake(
            "critical before it is worth a warning", inDatabase: "partitions: {runway: {warning: 1d, critical: 2d}}",
            "pgtend.yaml:4:50: databases[0].partitions.runway.critical: expected at most warning (1d), found '2d'"),
        Mistake(
            "a negative number", inDatabase: "partitions: {premake: -1}",
            "pgtend.yaml:4:27: databases[0].partitions.premake: expected an integer from 0 to 400 "
                + "(each is a table that every plan of a query has to weigh), found '-1'"),
        Mistake(
            "a number beyond all integers", inDatabase: "partitions: {premake: 99999999999999999999}",
            "pgtend.yaml:4:27: databases[0].partitions.premake: expected an integer from 0 to 400 "
                + "(each is a table that every plan of a query has to weigh), found '99999999999999999999'"),
        Mistake(
            "nothing for a number", inDatabase: "lock_tries:",
            "pgtend.yaml:4:16: databases[0].lock_tries: expected an integer from 1 to 100 "
                + "(each try makes others wait), found nothing"),
        Mistake(
            "yes for true", inDatabase: "partitions: {discover: yes}",
            "pgtend.yaml:4:28: databases[0].partitions.discover: expected true or false, found 'yes' (write true)"),
        Mistake(
            "a duration without a unit", inDatabase: "lock_timeout: 200",
            "pgtend.yaml:4:19: databases[0].lock_timeout: expected a duration from 1ms to 1min (whoever needs the "
                + "table queues behind the wait), found '200' (the unit is missing: ms, s, min, h or d)"),
        Mistake(
            "minutes or months", inDatabase: "views: {statement_timeout: 15M}",
            "pgtend.yaml:4:32: databases[0].views.statement_timeout: expected a duration from 1ms to 24d "
                + "(PostgreSQL counts no further), found '15M' ('M' is ambiguous: write min for minutes)"),
        Mistake(
            "a duration of two parts", inDatabase: "views: {statement_timeout: 1h30min}",
            "pgtend.yaml:4:32: databases[0].views.statement_timeout: expected a duration from 1ms to 24d "
                + "(PostgreSQL counts no further), found '1h30min' (a whole number and one unit: ms, s, min, h or d)"),
        Mistake(
            "a lock for an hour", inDatabase: "lock_timeout: 1h",
            "pgtend.yaml:4:19: databases[0].lock_timeout: expected a duration from 1ms to 1min (whoever needs the "
                + "table queues behind the wait), found '1h'"),
        Mistake(
            "a duration of nothing", inDatabase: "lock_timeout: 0s",
            "pgtend.yaml:4:19: databases[0].lock_timeout: expected a duration from 1ms to 1min (whoever needs the "
                + "table queues behind the wait), found '0s'"),
        Mistake(
            "a duration beyond all integers", inDatabase: "lock_timeout: 9223372036854775807d",
            "pgtend.yaml:4:19: databases[0].lock_timeout: expected a duration from 1ms to 1min (whoever needs the "
                + "table queues behind the wait), found '9223372036854775807d' "
                + "(a whole number and one unit: ms, s, min, h or d)"),
        Mistake(
            "a word of no list", inDatabase: "partitions: {sets: [{table: mcp.a, interval: monthly}]}",
            "pgtend.yaml:4:50: databases[0].partitions.sets[0].interval: expected day, week, month, quarter or year, "
                + "found 'monthly' (did you mean 'month'?)"),
        Mistake(
            "an unknown log format", "log_format: logfmt\n",
            "pgtend.yaml:1:13: log_format: expected text or json, found 'logfmt'"),
        Mistake(
            "an offset for a zone", inDatabase: "partitions: {sets: [{table: mcp.a, zone: +02:00}]}",
            "pgtend.yaml:4:46: databases[0].partitions.sets[0].zone: expected an IANA time zone such as "
                + "Europe/Berlin, found '+02:00'"),
        Mistake(
            "a bridge to nowhere", inDatabase: "partitions: {sets: [{table: mcp.a, bridge: true}]}",
            "pgtend.yaml:4:48: databases[0].partitions.sets[0].bridge: expected the interval beside it, such as interval: "
                + "month, found none"),
        Mistake(
            "an unknown token", inDatabase: "partitions: {sets: [{table: mcp.a, naming: 'a_{YEAR}'}]}",
            "pgtend.yaml:4:48: databases[0].partitions.sets[0].naming: expected a pattern with {YYYY}, {MM}, {DD}, "
                + "{Q}, {IYYY}, {IW}, {YY}, {DDD}, {FMMM}, {FMDD}, {FMIW}, {FMDDD}, {mon}, {Mon}, {MON}, {month}, "
                + "{Month}, {MONTH}, found 'a_{YEAR}'"),
        Mistake(
            "a long value is cut and stays on one line",
            inDatabase: "lock_tries: \"\(String(repeating: "x", count: 30))\\n\(String(repeating: "y", count: 40))\"",
            "pgtend.yaml:4:17: databases[0].lock_tries: expected an integer from 1 to 100 (each try makes others "
                + "wait), found '\(String(repeating: "x", count: 30))\\n\(String(repeating: "y", count: 29))…' in quotes"
        ),
    ]

    private static let names: [Mistake] = [
        Mistake(
            "a table without its schema", inDatabase: "partitions: {sets: [{table: audit_log}]}",
            "pgtend.yaml:4:33: databases[0].partitions.sets[0].table: expected a table with its schema, as "
                + "schema.name, found 'audit_log' (the schema is missing)"),
        Mistake(
            "a table of three parts", inDatabase: "partitions: {sets: [{table: db.mcp.audit_log}]}",
            "pgtend.yaml:4:33: databases[0].partitions.sets[0].table: expected a table with its schema, as "
                + "schema.name, found 'db.mcp.audit_log' (a dot within a name stands in double quotes)"),
        Mistake(
            "an unquoted capital", inDatabase: "partitions: {sets: [{table: mcp.Audit}]}",
            "pgtend.yaml:4:33: databases[0].partitions.sets[0].table: expected a table with its schema, as "
                + "schema.name, found 'mcp.Audit' (capitals, spaces and dots within a name stand in double quotes: "
                + "'\"Odd Schema\".\"t.1\"')"),
        Mistake(
            "a name that is too long", inDatabase: "views: {list: [{view: mcp.\(String(repeating: "v", count: 64))}]}",
            "pgtend.yaml:4:27: databases[0].views.list[0].view: expected a materialized view with its schema, as "
                + "schema.name, found 'mcp.\(String(repeating: "v", count: 56))…' (a part has 64 bytes of 63)"),
        Mistake(
            "one schema without brackets", inDatabase: "schemas: mcp",
            "pgtend.yaml:4:14: databases[0].schemas: expected a list of at least one schema, found 'mcp': "
                + "write it in brackets"),
        Mistake(
            "no schemas", inDatabase: "schemas: []",
            "pgtend.yaml:4:14: databases[0].schemas: expected a list of at least one schema, found an empty list"),
        Mistake(
            "a schema twice", inDatabase: "schemas:\n  - mcp\n  - other\n  - mcp",
            "pgtend.yaml:7:9: databases[0].schemas[2]: duplicate schema 'mcp' (first at line 5)"),
        Mistake(
            "a column without a name",
            inDatabase: "statistics: {corpora: [{source: {table: s.d, tenant: ''}, target: {table: s.t}}]}",
            "pgtend.yaml:4:58: databases[0].statistics.corpora[0].source.tenant: expected the name of a column "
                + "(1 to 63 bytes), found an empty text"),
        Mistake(
            "a NUL in a name", inDatabase: "schemas: [\"a\\0b\"]",
            "pgtend.yaml:4:15: databases[0].schemas[0]: expected the name of a schema (1 to 63 bytes), found 'a\\0b'"),
        Mistake(
            "a conninfo that is none", "databases: [{name: a, conninfo: platform}]",
            "pgtend.yaml:1:33: databases[0].conninfo: expected a libpq connection string such as "
                + "'host=/run/postgresql dbname=NAME', found something else (not shown)"),
        Mistake(
            "a connection string for a name", "databases: [{name: host=x password=hush, conninfo: dbname=a}]",
            "pgtend.yaml:1:20: databases[0].name: expected a name of 1 to 63 bytes without '=' and '://', found "
                + "a text like a connection string (not shown)"),
    ]

    private static let contradictions: [Mistake] = [
        Mistake(
            "two databases of one name",
            "databases:\n  - {name: a, conninfo: dbname=a}\n  - {name: a, conninfo: dbname=b}\n",
            "pgtend.yaml:3:12: databases[1].name: duplicate database name 'a' (first at line 2)"),
        Mistake(
            "a table twice, written differently",
            inDatabase: "partitions:\n  sets:\n    - table: mcp.a\n    - table: '\"mcp\".\"a\"'",
            "pgtend.yaml:7:18: databases[0].partitions.sets[1].table: duplicate table 'mcp.a' (first at line 6)"),
        Mistake(
            "a view twice", inDatabase: "views:\n  list:\n    - view: mcp.v\n    - view: mcp.v",
            "pgtend.yaml:7:17: databases[0].views.list[1].view: duplicate view 'mcp.v' (first at line 6)"),
        Mistake(
            "a target twice",
            inDatabase: """
                statistics:
                  corpora:
                    - {source: {table: s.a}, target: {table: s.t}}
                    - {source: {table: s.b}, target: {table: s.t}}
                """,
            "pgtend.yaml:7:50: databases[0].statistics.corpora[1].target.table: duplicate target table 's.t' "
                + "(first at line 6)"),
        Mistake(
            "a name that is the same every month",
            inDatabase: "partitions:\n  sets:\n    - {table: mcp.a, interval: day, naming: 'a_{YYYY}_{MM}'}",
            "pgtend.yaml:6:49: databases[0].partitions.sets[0].naming: expected a pattern that tells every day apart, "
                + "such as {YYYY}_{MM}_{DD}, found 'a_{YYYY}_{MM}'"),
        Mistake(
            "a budget for less than one wait", inDatabase: "lock_timeout: 2s\nlock_budget_per_hour: 1s",
            "pgtend.yaml:5:27: databases[0].lock_budget_per_hour: expected at least lock_timeout (2s), found '1s'"),
        Mistake(
            "a wait longer than the default budget", inDatabase: "lock_timeout: 6s",
            "pgtend.yaml:4:19: databases[0].lock_timeout: expected at most lock_budget_per_hour (5s), found '6s'"),
    ]

    @Test func reportsEveryMistakeOfAFileAtOnce() {
        let text = """
            log_format: txt
            databases:
              - name: platform
                conninfo: dbname=platform
                partitions:
                  premkae: 3
                  sets:
                    - table: audit_log
                      interval: month
                views:
                  statement_timeout: 1 fortnight
                  statement_timeout: 1h
            """
        let expected = [
            "pgtend.yaml:1:13: log_format: expected text or json, found 'txt' (did you mean 'text'?)",
            "pgtend.yaml:6:7: databases[0].partitions: unknown key 'premkae'; did you mean 'premake'?",
            "pgtend.yaml:8:18: databases[0].partitions.sets[0].table: expected a table with its schema, as "
                + "schema.name, found 'audit_log' (the schema is missing)",
            "pgtend.yaml:11:26: databases[0].views.statement_timeout: expected a duration from 1ms to 24d "
                + "(PostgreSQL counts no further), found '1 fortnight' "
                + "(a whole number and one unit: ms, s, min, h or d)",
            "pgtend.yaml:12:7: databases[0].views: duplicate key 'statement_timeout' (first at line 11)",
        ]
        #expect(problems(in: text) == expected)
    }
}
