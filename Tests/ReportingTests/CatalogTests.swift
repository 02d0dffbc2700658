import Foundation
import Maintenance
import Reporting
import Testing

/// Code and catalog say the same, both ways.
@Suite("Message catalog")
struct CatalogTests {
    @Test func hasOneEntryForEachKindOfEventAndNoOther() throws {
        let ids = try Catalog.entries().map(\.id)
        #expect(ids.count == Set(ids).count)
        #expect(Set(ids) == Set(EventKind.allCases.map(\.messageID.rawValue)))
        #expect(Set(EventKind.allCases.map(\.messageID)).count == EventKind.allCases.count)
    }

    @Test func explainsEachEventToAnOperator() throws {
        for (id, entry) in try Catalog.entries() {
            #expect(entry.headers["Subject"]?.isEmpty == false, "\(id)")
            #expect(entry.headers["Defined-By"] == "pgtend", "\(id)")
            #expect(entry.headers["Documentation"]?.isEmpty == false, "\(id)")
            #expect(entry.text.count { $0 == "." } >= 1 && entry.text.count > 80, "\(id) has no prose")
        }
    }

    /// `make install` puts README.md and docs/ below that folder.
    @Test func pointsToADocumentThatIsThere() throws {
        let root = Catalog.file.deletingLastPathComponent().deletingLastPathComponent()
        for (id, entry) in try Catalog.entries() {
            let address = try #require(entry.headers["Documentation"])
            let match = try #require(address.wholeMatch(of: #/file:///usr/share/doc/pgtend/(.+)/#), "\(id)")
            #expect(
                FileManager.default.fileExists(atPath: root.appending(path: String(match.1)).path),
                "\(id): \(address)")
        }
    }

    @Test func mentionsOnlyFieldsThatItsEventAlwaysSends() throws {
        let reports = Dictionary(grouping: SampleEvents.all.flatMap(\.reports), by: \.kind)
        #expect(Set(reports.keys) == Set(EventKind.allCases), "a kind without a sample shows nothing")
        let entries = Dictionary(uniqueKeysWithValues: try Catalog.entries().map { ($0.id, $0.entry) })
        for (kind, samples) in reports {
            let mentioned = try #require(entries[kind.messageID.rawValue]).fields
            for sample in samples {
                let sent = Set(sample.fields.map(\.name.rawValue))
                #expect(
                    mentioned.isSubset(of: sent), "\(kind): \(mentioned.subtracting(sent)) not in '\(sample.message)'")
            }
        }
    }

    @Test func mentionsNoFieldThatCouldHoldAControlSequence() throws {
        let plain = Set(ReportField.Name.allCases.filter(\.isPlain).map(\.rawValue))
        for (id, entry) in try Catalog.entries() {
            #expect(entry.fields.isSubset(of: plain), "\(id)")
        }
    }

    @Test func fitsATerminal() throws {
        for (id, entry) in try Catalog.entries() {
            for line in entry.text.split(separator: "\n") where !line.hasPrefix("    ") {
                // journalctl puts three columns in front.
                #expect(line.replacing(/@[A-Z0-9_]+@/, with: "12345").count <= 92, "\(id): \(line)")
            }
        }
    }
}
