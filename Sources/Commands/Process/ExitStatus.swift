import Glibc
import Maintenance

/// The exit codes of the commands. The numbers are those of `sysexits.h` where it has a matching one.
///
/// A command on several databases exits with the most severe status of them.
enum ExitStatus: Int32, CaseIterable {
    case done = 0
    case failed = 1
    case refused = 2
    case nothingToMaintain = 3
    case held = 4
    case postponed = 5
    case usage = 64
    case unavailable = 69
    case software = 70
    /// EX_OSERR.
    case limited = 71
    case outputLost = 74
    case noPermission = 77
    case configuration = 78

    /// The exit code after a signal: 128 plus its number, as in shells.
    static func interrupted(by signal: Int32) -> Int32 { 128 + signal }

    init(_ verdict: RunVerdict) {
        switch verdict {
        case .done: self = .done
        case .nothingToMaintain: self = .nothingToMaintain
        case .postponed: self = .postponed
        case .refused: self = .refused
        case .held: self = .held
        case .failed, .interrupted: self = .failed
        case .authentication: self = .noPermission
        case .unavailable(let failure): self = ExitStatus(failure)
        }
    }

    /// The status for a failure that ended a command before it began its work.
    init(_ failure: ServerFailure) {
        switch failure.failureClass {
        case .authentication, .privilege: self = .noPermission
        case .connection, .pooler, .resources, .timeout: self = .unavailable
        case .lockNotAvailable: self = .held
        case .refused: self = .refused
        case .other where failure.isStandby: self = .unavailable
        case .transactionRollback, .cancelled, .other: self = .failed
        }
    }

    /// The most severe of several; ``done`` if there is none.
    static func mostSevere(_ statuses: [ExitStatus]) -> ExitStatus {
        statuses.max { $0.severity < $1.severity } ?? .done
    }

    private var severity: Int {
        let ascending: [ExitStatus] = [
            .done, .nothingToMaintain, .postponed, .refused, .held, .failed, .unavailable, .noPermission,
            .configuration, .usage, .limited, .outputLost, .software,
        ]
        return ascending.firstIndex(of: self) ?? ascending.count
    }

    private var meaning: String {
        switch self {
        case .done: "everything that was due is done"
        case .failed: "a step failed; the others were done"
        case .refused: "something is not tended, and why was said; the rest was done"
        case .nothingToMaintain: "the watched schemas hold nothing that pgtend tends"
        case .held: "another run held a kind of task; the rest was done"
        case .postponed: "a step met locks until its lock budget was spent; the rest was done"
        case .usage: "the command line is not right"
        case .unavailable: "a database could not be reached or worked with, or went away"
        case .software: "an error of pgtend itself"
        case .limited: "a limit of the process is too low (files, threads); nothing was done"
        case .outputLost: "the answer could not be written to standard output"
        case .noPermission: "the role, its password or a privilege was refused"
        case .configuration: "the configuration is not right; nothing was done"
        }
    }

    /// The exit codes in `--help` of `run` and `plan`.
    static var help: String {
        help(
            allCases.map { ($0.rawValue, $0.meaning) } + [
                (interrupted(by: SIGINT), "interrupted by SIGINT: cancelled on the server, nothing half done"),
                (interrupted(by: SIGTERM), "the same by SIGTERM"),
            ])
    }

    /// The exit codes in `--help` of `serve`.
    static var serviceHelp: String {
        let stopped = "told to stop, and stopped"
        return help([done, usage, limited, configuration].map { ($0.rawValue, $0 == .done ? stopped : $0.meaning) })
    }

    /// The exit codes in `--help` of `schema apply` and `schema repair`.
    static var schemaHelp: String {
        help(
            [
                (done, "the database is what it should be (--plan: or can be brought there)"),
                (failed, "a step failed, or something is left to do; what was done stays"),
                (refused, "refused: a person must decide first, or the server lacks something"),
                (held, "another pgtend is at work, or others hold locks; what was done stays"),
                (usage, "not confirmed, not one database, or \(usage.meaning)"),
                (noPermission, "\(noPermission.meaning) (also with --plan)"),
            ], interrupted: "interrupted by SIGINT; what was done stays, the next call goes on")
    }

    /// The exit codes in `--help` of `schema verify`.
    static var verifyHelp: String {
        help(
            [
                (done, "the database is what it should be"), (failed, "there is a gap"),
                (held, "others hold locks, so that a database could not be read"),
                (noPermission, noPermission.meaning),
            ], interrupted: "interrupted by SIGINT")
    }

    /// The exit codes in `--help` of `schema rollback`.
    static var rollbackHelp: String {
        help(
            [
                (done, "the schema is gone, or was not there (--plan: it can be taken back)"),
                (failed, "it could not be taken back; nothing was changed"),
                (refused, "refused: rows, others' objects, or no record of it; nothing was changed"),
                (held, "others hold its locks for too long; nothing was changed"),
                (usage, "not confirmed, not one database, or \(usage.meaning)"),
                (noPermission, "\(noPermission.meaning) (also with --plan)"),
            ], interrupted: "interrupted by SIGINT; nothing was changed")
    }

    /// - Parameters:
    ///   - own: the codes that have a special meaning for a `schema` command.
    ///   - interrupted: the meaning of the exit code after SIGINT.
    private static func help(_ own: [(status: ExitStatus, meaning: String)], interrupted meaning: String) -> String {
        let others = [usage, unavailable, software, limited, outputLost, configuration]
            .filter { status in !own.contains { $0.status == status } }.map { ($0, $0.meaning) }
        let codes = (own + others).sorted { $0.status.rawValue < $1.status.rawValue }
        return help(
            codes.map { ($0.status.rawValue, $0.meaning) } + [
                (interrupted(by: SIGINT), meaning), (interrupted(by: SIGTERM), "the same by SIGTERM"),
            ])
    }

    private static func help(_ codes: [(code: Int32, meaning: String)]) -> String {
        let lines = codes.map { code, meaning in
            "  \(String(repeating: " ", count: 3 - String(code).count))\(code)  \(meaning)"
        }
        return (["EXIT CODES"] + lines).joined(separator: "\n")
    }
}
