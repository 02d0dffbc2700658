import Foundation
import TestSupport

/// A tmpfs of 4 MB, for a tablespace that a test can fill.
struct SmallTmpfs {
    let path: String

    /// - Parameter folder: its owner, the user that the server runs as, will own the file system too.
    init(ownerOf folder: String) throws {
        var owner = stat()
        guard stat(folder, &owner) == 0 else { throw TestFailure("\(folder) has gone") }
        path = "/tmp/pgtend-disk-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        let options = "size=4m,mode=0700,uid=\(owner.st_uid),gid=\(owner.st_gid)"
        guard mount("tmpfs", path, "tmpfs", 0, options) == 0 else {
            throw TestFailure("mount \(path): \(String(cString: strerror(errno)))")
        }
    }

    /// Works also while the server still has files open in it.
    func remove() {
        umount2(path, Int32(MNT_DETACH))
        rmdir(path)
    }
}
