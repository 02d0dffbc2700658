/// What a process can know of the systemd that started it.
package enum ServiceManager {
    /// Whether systemd itself executed this process, rather than a shell or program below one of its units:
    /// `$SYSTEMD_EXEC_PID` (systemd 248 and later) is inherited, so it counts only when it names this process.
    ///
    /// - Parameter announcement: the value of `$SYSTEMD_EXEC_PID`, nil when it is not set.
    package static func executed(announcement: String?, process: Int32) -> Bool {
        announcement == String(process)
    }
}
