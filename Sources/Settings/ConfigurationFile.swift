import Glibc

/// The contents of a configuration file.
package struct ConfigurationFile: Sendable {
    package let bytes: [UInt8]
    /// Whether others than its owner and group may read it (`o+r`).
    package let isReadableByOthers: Bool

    package init(bytes: [UInt8], isReadableByOthers: Bool = false) {
        self.bytes = bytes
        self.isReadableByOthers = isReadableByOthers
    }

    /// Why a file could not be read.
    package enum Failure: Error, Hashable, Sendable {
        /// `errno` of the call that failed.
        case system(Int32)
        /// Larger than `maximumBytes`.
        case tooLarge
    }

    /// The limit that stops reading `/dev/zero`, for example. A thousand partition sets take 200 kB.
    package static let maximumBytes = 4 << 20

    /// The file that is read if none is specified.
    package static let defaultPath = "/etc/pgtend/pgtend.yaml"

    /// Reads the whole file, which may be a pipe (`--config <(…)`).
    package static func read(_ path: String) throws(Failure) -> ConfigurationFile {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(errno) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .system(errno) }
            guard count > 0 else { break }
            bytes += chunk[..<count]
            guard bytes.count <= maximumBytes else { throw .tooLarge }
        }
        return ConfigurationFile(bytes: bytes, isReadableByOthers: status.st_mode & S_IROTH != 0)
    }
}

extension ConfigurationFile.Failure {
    /// Whether the file does not exist.
    var isNoSuchFile: Bool {
        self == .system(ENOENT) || self == .system(ENOTDIR)
    }

    /// The reason and, where there is one, the cure.
    var message: String {
        switch self {
        case .tooLarge:
            return "expected a configuration file, found more than \(ConfigurationFile.maximumBytes >> 20) MiB"
        case .system(let code):
            let reason = String(cString: strerror(code))
            let cure =
                switch code {
                case ENOENT, ENOTDIR: "; name an existing file with --config or PGTEND_CONFIG"
                case EACCES, EPERM: "; let the user that runs pgtend (uid \(geteuid())) read it and enter its folders"
                case EISDIR: "; name the file in it"
                default: ""
                }
            return "the configuration file cannot be read: \(reason)\(cure)"
        }
    }
}
