import CivilTime
import Settings

/// Loads a configuration file that is in memory only, as `pgtend.yaml`. There is no other file, and none at all for nil.
func load(
    _ text: String?, flags: FlagOverrides = FlagOverrides(), environment: [String: String] = [:],
    isReadableByOthers: Bool = false, zoneDirectory: String = ZoneRules.systemDirectory
) throws(SettingsError) -> LoadedConfiguration {
    try Settings.load(
        flags: flags, environment: environment, defaultFile: "pgtend.yaml", zoneDirectory: zoneDirectory
    ) { path throws(ConfigurationFile.Failure) in
        guard path == "pgtend.yaml", let text else { throw .system(2) }
        return ConfigurationFile(bytes: Array(text.utf8), isReadableByOthers: isReadableByOthers)
    }
}

/// The problems with such a file, as the operator reads them; empty if it is valid.
func problems(
    in text: String?, flags: FlagOverrides = FlagOverrides(), environment: [String: String] = [:],
    zoneDirectory: String = ZoneRules.systemDirectory
) -> [String] {
    do throws(SettingsError) {
        _ = try load(text, flags: flags, environment: environment, zoneDirectory: zoneDirectory)
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

/// A valid file in which every key is set.
let fileWithEveryKey = """
    log_format: json
    connections: 6
    stop_grace: 1min
    databases:
      - name: platform
        conninfo: host=/run/postgresql dbname=platform
        pooler: session
        schemas: [mcp, "Odd Schema"]
        lock_timeout: 150ms
        lock_tries: 7
        lock_budget_per_hour: 4s
        slice: 10min
        partitions:
          discover: false
          premake: 4
          fill_gaps: true
          runway: {warning: 45d, critical: 10d}
          schedule:
            cron: "30 2 * * MON-FRI"
            zone: Europe/Berlin
            jitter: 10min
            start_within: 4h
          analyze:
            enabled: true
            statement_timeout: 3h
            schedule: {every: 2h, jitter: 1min}
          sets:
            - table: mcp.audit_log
              interval: month
              zone: Europe/Berlin
              premake: 6
              naming: "audit_log_{YYYY}_{MM}"
              fill_gaps: false
              runway: {warning: 60d, critical: 0s}
              bridge: true
              enabled: true
            - table: '"Odd Schema"."t.1"'
              enabled: false
        views:
          discover: false
          blocking: allow
          statement_timeout: 90min
          schedule: {every: 5m, jitter: 30s}
          list:
            - view: mcp.agent_cost_analytics
              blocking: refuse
              statement_timeout: 10min
              enabled: false
        statistics:
          discover: false
          statement_timeout: 2h
          schedule: {cron: "@hourly"}
          corpora:
            - source: {table: search.documents, tenant: org_id, tsvector: body_tsv}
              target:
                table: search.corpus_stats
                tenant: org_id
                documents: n
                average: avg_len
                frequencies: df
                updated: counted_at
              terms: {table: search.terms, tenant: org_id, term: lexeme, documents: n}
              function: search.refresh_stats
        ledger:
          enabled: false
          keep: 7d
          keep_runs: 500
          owner: keeper
      - name: second
        conninfo: postgresql://tender@db.example.com/second

    """
