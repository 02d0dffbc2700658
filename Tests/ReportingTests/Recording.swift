import Glibc
import Reporting
import TestSupport

/// What `body` writes to a stream, in the order in which it came out.
func recorded(_ body: (ReportStream) throws -> Void) throws -> String {
    var template = Array("/tmp/pgtend-test-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw TestFailure("mkstemp: \(String(cString: strerror(errno)))") }
    defer { close(descriptor) }
    unlink(template)
    try body(ReportStream(descriptor: descriptor))

    var bytes = [UInt8](repeating: 0, count: Int(lseek(descriptor, 0, SEEK_END)))
    lseek(descriptor, 0, SEEK_SET)
    guard read(descriptor, &bytes, bytes.count) == bytes.count else { throw TestFailure("the recording is short") }
    return String(decoding: bytes, as: UTF8.self)
}
