import Glibc

/// The files that this process may still open; sockets are files, too.
package enum OpenFiles {
    /// Opens so many at once, and closes them.
    ///
    /// - Returns: nil if that succeeds; otherwise which limit is in the way, with its names.
    package static func obstacle(to count: Int) -> String? {
        var opened: [CInt] = []
        defer { for descriptor in opened { close(descriptor) } }
        for _ in 0..<count {
            let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
            guard descriptor < 0 else {
                opened.append(descriptor)
                continue
            }
            let code = errno
            // Whatever else is wrong with /dev/null is no limit.
            guard code == EMFILE || code == ENFILE else { return nil }
            return obstacle(code, opened.count, of: count)
        }
        return nil
    }

    private static func obstacle(_ code: CInt, _ free: Int, of count: Int) -> String {
        let need = "only \(free) more files can be opened, and it takes \(count)"
        if code == ENFILE { return "\(need): the system has as many open files as fs.file-max allows" }
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return
            "\(need): the limit of open files (RLIMIT_NOFILE: `ulimit -n`, LimitNOFILE= of the unit) is \(limit.rlim_cur)"
    }
}
