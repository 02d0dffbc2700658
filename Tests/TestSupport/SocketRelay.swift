import Foundation
import Glibc

/// A Unix socket before the server's. Each connection has a thread of its own, which passes on what comes.
final class SocketRelay: Sendable {
    /// Where clients find the socket.
    let folder: String
    private let server: String
    private let listener: Int32

    /// - Parameter name: of the folder, with a random end.
    init(to cluster: Cluster, name: String) throws {
        server = cluster.folder + "/.s.PGSQL.5432"
        var template = Array("/tmp/pgtend-\(name)-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw TestFailure("mkdtemp: \(errno)") }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        listener = Self.socket()
        let code = withAddress(ofSocket: folder + "/.s.PGSQL.5432") { [listener] in
            bind(listener, $0, $1) | listen(listener, 16)
        }
        guard code == 0 else { throw TestFailure("bind: \(errno)") }
    }

    /// - Parameter forward: called for each connection with its two ends, client and server; they are closed when it
    ///   returns.
    func start(_ forward: @escaping @Sendable (Int32, Int32) -> Void) {
        Thread.detachNewThread { [self] in
            while case let client = accept(listener, nil, nil), client >= 0 {
                let upstream = Self.socket()
                guard withAddress(ofSocket: server, { connect(upstream, $0, $1) }) == 0 else {
                    Glibc.close(client)
                    Glibc.close(upstream)
                    continue
                }
                Thread.detachNewThread {
                    forward(client, upstream)
                    hangUp(client, upstream)
                }
            }
            Glibc.close(listener)
        }
    }

    func close() {
        shutdown(listener, Int32(SHUT_RDWR))
        unlink(folder + "/.s.PGSQL.5432")
        rmdir(folder)
    }

    /// - Returns: false if the other end is gone.
    static func pass(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if sent <= 0 { return false }
            rest = rest.dropFirst(sent)
        }
        return true
    }

    /// Ready to be polled: the client's end first, then the server's.
    static func ends(_ client: Int32, _ upstream: Int32) -> [pollfd] {
        [client, upstream].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    }

    private static func socket() -> Int32 {
        Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    }
}

/// Calls `body` with the address of a Unix socket.
func withAddress(ofSocket path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
}
