import CLibPQ
import Glibc

/// Finds bytes that OpenSSL has decrypted and libpq has not fetched.
///
/// A record of 16 KB may not fit into libpq's buffer as a whole. What is left of it lies in OpenSSL, where no socket
/// event will ever tell of it, and a client that waits for the socket would wait for ever.
enum TLSLayer {
    typealias SSLPending = @convention(c) (UnsafeMutableRawPointer) -> Int32

    /// Found in the library that libpq has brought along, so that this module need not link it; nil where libpq has none.
    static let sslPending: SSLPending? = dlsym(nil, "SSL_pending").map {
        unsafeBitCast($0, to: SSLPending.self)
    }

    static func hasPendingBytes(_ connection: OpaquePointer) -> Bool {
        guard let sslPending, let ssl = PQgetssl(connection) else { return false }
        return sslPending(ssl) > 0
    }
}
