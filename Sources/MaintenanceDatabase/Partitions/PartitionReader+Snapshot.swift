import CivilTime
import DatabaseAccess
import Maintenance
import PostgresClient
import SQLText

extension PartitionReader {
    /// What the planners of these kinds of task have to know of partitioned tables. Has to be called in a transaction.
    ///
    /// - Returns: the error of each table of which something could not be read, by OID.
    func read(
        _ definition: DatabaseDefinition, for tasks: [TaskKind], into snapshot: inout CatalogSnapshot
    ) async throws(PostgresError) -> [UInt32: PostgresError] {
        let isAnalyzed = tasks.contains(.analysis) && definition.mayHaveWork(for: .analysis)
        var unread: [UInt32: PostgresError] = [:]
        if tasks.contains(.partitions) {
            unread = try await readPartitions(of: definition, into: &snapshot)
        } else if isAnalyzed {
            snapshot.tables = try await tables(
                in: definition.partitions.discover ? definition.schemas : [],
                named: definition.partitionSets.map(\.table))
        }
        if isAnalyzed { try await ChangeReader(connection: connection).read(into: &snapshot.tables) }
        return unread
    }

    /// Asked once for all tables with the same bounds.
    private func readZoneFits(
        of asked: [(table: UInt32, bounds: [Instant])], _ definition: DatabaseDefinition,
        into snapshot: inout CatalogSnapshot
    ) async throws(PostgresError) {
        guard !asked.isEmpty else { return }
        let days = ZoneQuestions.days(of: definition, tables: snapshot.tables, now: snapshot.takenAt)
        // Tables that were made together share their bounds. Of the others some have to do: each list takes the server 30 ms,
        // and what is not asked is only told less of.
        let lists = Dictionary(grouping: asked, by: \.bounds).sorted { ($0.value[0].table) < ($1.value[0].table) }
        for (bounds, tables) in lists.prefix(50) {
            let fits = try await ZoneReader(connection: connection).fits(bounds, from: days.first, to: days.last)
            for (table, _) in tables { snapshot.zoneFits[table] = fits }
        }
    }

    private func readPartitions(
        of definition: DatabaseDefinition, into snapshot: inout CatalogSnapshot
    ) async throws(PostgresError) -> [UInt32: PostgresError] {
        var unread: [UInt32: PostgresError]
        (snapshot.tables, unread) = try await tables(of: definition)
        let questions = ZoneQuestions(
            definition: definition, tables: snapshot.tables, server: snapshot.server, now: snapshot.takenAt)
        if let questions {
            snapshot.zones = try await ZoneReader(connection: connection).answer(questions)
        }
        // A plan with what is known so far shows what else matters: of tables that lack nothing, nothing more is read.
        let asked = PartitionPlanner(definition: definition, snapshot: snapshot).questions()
        try await readZoneFits(of: asked.bounds, definition, into: &snapshot)
        let names = asked.names.sorted()
        if !names.isEmpty {
            let dropped = try await readSurroundings(of: asked.templates.map(\.0), into: &snapshot.tables)
            unread.merge(dropped) { first, _ in first }
            let taken = try await connection.rows(CatalogQuery.names(names.map(\.schema), names.map(\.name)))
            for row in taken { snapshot.takenNames.insert(try RelationName(row)) }
            let read = try await TemplateReader(connection: connection)
                .read(asked.templates, within: definition.locks.perStep)
            snapshot.templates = read.templates
            unread.merge(read.unread) { first, _ in first }
        }
        return unread
    }
}
