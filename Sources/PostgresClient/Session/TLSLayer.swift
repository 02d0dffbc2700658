import CLibPQ
import Glibc

/// Finds bytes that OpenSSL has decrypted and libpq has not read yet.
///
/// A TLS record of 16 KB may not fit into libpq's buffer. The rest of it stays in OpenSSL, and no socket event
/// announces it: a client that waited for the socket would wait for ever.
enum TLSLayer {
    typealias SSLPending = @convention(c) (UnsafeMutableRawPointer) -> Int32

    /// Looked up in the OpenSSL that libpq has loaded, so that this module need not link it; nil if libpq is built
    /// without OpenSSL.
    static let sslPending: SSLPending? = dlsym(nil, "SSL_pending").map {
        unsafeBitCast($0, to: SSLPending.self)
    }

    static func hasPendingBytes(_ connection: OpaquePointer) -> Bool {
        guard let sslPending, let ssl = PQgetssl(connection) else { return false }
        return sslPending(ssl) > 0
    }
}
