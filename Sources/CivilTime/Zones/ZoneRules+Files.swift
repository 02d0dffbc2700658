import Glibc

extension ZoneRules {
    /// Where Debian's package tzdata installs the zone files.
    package static let systemDirectory = "/usr/share/zoneinfo"

    /// Far more than any file of tzdata has: the largest are below 10 kB.
    private static let maximumBytes = 1 << 20

    /// Reads the rules of an IANA time zone from the system's files, each time it is called. The environment variable
    /// TZ is not used. `UTC` and `Etc/UTC` need no file.
    package static func load(
        named name: String, from directory: String = systemDirectory
    ) throws(ZoneError) -> ZoneRules {
        guard isName(name) else { throw .invalidName(name) }
        if name == "UTC" || name == "Etc/UTC" { return fixed(name) }
        let path = "\(directory)/\(name)"
        let bytes: [UInt8]
        do throws(FileFailure) {
            bytes = try read(path)
        } catch {
            switch error.code {
            // EISDIR: a folder such as Europe is not a zone.
            case ENOENT, ENOTDIR, EISDIR, ENAMETOOLONG:
                throw names(in: directory).isEmpty
                    ? .notInstalled(directory: directory) : .unknown(name: name, directory: directory)
            case let code: throw .unreadable(path: path, code: code)
            }
        }
        do throws(TZifDamage) {
            return ZoneRules(name: name, try TZifFile(bytes))
        } catch {
            throw .damaged(path: path, error)
        }
    }

    /// The names of the installed zones, sorted: of all files that begin with "TZif". The folders `right` (zones that
    /// count leap seconds) and `posix` (second copies) are left out.
    package static func names(in directory: String = systemDirectory) -> [String] {
        var names: [String] = []
        var folders = [""]
        while let folder = folders.popLast() {
            for entry in entries(of: directory + "/" + folder) {
                let name = folder.isEmpty ? entry : "\(folder)/\(entry)"
                var status = stat()
                guard isName(name), stat("\(directory)/\(name)", &status) == 0 else { continue }
                switch status.st_mode & S_IFMT {
                case S_IFDIR where name != "right" && name != "posix": folders.append(name)
                case S_IFREG where isZone("\(directory)/\(name)"): names.append(name)
                default: continue
                }
            }
        }
        return names.sorted()
    }

    /// Parts of ASCII letters, digits, `_`, `+` and `-`, separated by slashes; the first character is a letter. Such a
    /// name cannot lead outside the folder.
    private static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, isLetter(first), name.utf8.count <= 255 else { return false }
        return name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty
                && part.utf8.allSatisfy { byte in
                    isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                        || "_+-".utf8.contains(byte)
                }
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte & ~0x20)
    }

    // MARK: Files

    private struct FileFailure: Error {
        let code: Int32
    }

    private static func read(_ path: String, limit: Int = maximumBytes) throws(FileFailure) -> [UInt8] {
        // O_NONBLOCK: a named pipe in place of a zone file must not block the program.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileFailure(code: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: min(limit, 16 << 10))
        while bytes.count < limit {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileFailure(code: errno) }
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return bytes
    }

    private static func isZone(_ path: String) -> Bool {
        do throws(FileFailure) {
            return try read(path, limit: 4).elementsEqual("TZif".utf8)
        } catch {
            // A file that may not be read is listed too: loading it says why it cannot be used.
            return error.code == EACCES
        }
    }

    private static func entries(of folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var entries: [String] = []
        while let entry = readdir(stream) {
            // An array of 256 bytes; the name ends at the first NUL.
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { entries.append(name) }
        }
        return entries
    }
}
