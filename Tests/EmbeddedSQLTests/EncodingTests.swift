import Foundation
import Testing

/// What every database has to understand, whatever its encoding: a server refuses a whole statement for one character
/// in a comment that LATIN1 does not have.
@Suite("Encoding of the SQL")
struct EncodingTests {
    @Test(arguments: ["run", "ledger", "migrations", "mcp/queries"])
    func isASCII(folder: String) throws {
        let files = URL(filePath: #filePath).appending(path: "../../../sql/\(folder)").standardized
        let names = try FileManager.default.subpathsOfDirectory(atPath: files.path).filter { $0.hasSuffix(".sql") }
        #expect(!names.isEmpty)
        for name in names {
            let text = try String(contentsOf: files.appending(path: name), encoding: .utf8)
            let isASCII = text.utf8.allSatisfy { $0 < 128 }
            #expect(isASCII, "\(name)")
        }
    }
}
