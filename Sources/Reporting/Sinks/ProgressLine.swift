import Maintenance

/// The last line of a terminal during a run, which shows the current step. Only computes the text to write.
struct ProgressLine: Sendable {
    private let width: @Sendable () -> Int
    private var position = ""
    private var isDrawn = false

    init(width: @escaping @Sendable () -> Int) {
        self.width = width
    }

    /// The control sequence that erases the line; empty if none is drawn.
    var erasure: String { isDrawn ? "\r\u{1B}[2K" : "" }

    /// The new progress line; empty if nothing is running.
    mutating func redrawn(after event: MaintenanceEvent) -> String {
        let text = text(after: event)
        isDrawn = text != nil
        return text.map { Self.fitted($0.visible, to: width()) } ?? ""
    }

    private mutating func text(after event: MaintenanceEvent) -> String? {
        switch event {
        case .runStarted(_, let database, _):
            return "\(database): reading the catalog"
        case .planned(_, let database, let count):
            return count > 0 ? "\(database): \(count.counted("step")) to do" : nil
        case .stepStarted(_, let database, let step, let index, let count):
            position = "\(database): \(index) of \(count)"
            return "\(position): \(step)"
        case .stepRetried(_, _, let step, let attempt, _, _):
            return "\(position), waiting for a lock after try \(attempt): \(step)"
        case .stepFinished:
            return "\(position) done"
        case .runLockHeld(_, let database, _), .refused(_, let database, _):
            return "\(database): planning"
        case .runFinished, .service:
            return nil
        }
    }

    /// The text, truncated before the last column: a line that wraps cannot be erased. A character that is not ASCII
    /// counts as two columns, the most that a terminal uses for one.
    private static func fitted(_ text: String, to width: Int) -> String {
        var columns = 0
        var result = ""
        for character in text {
            columns += character.isASCII ? 1 : 2
            if columns >= width { break }
            result.append(character)
        }
        return result
    }
}
