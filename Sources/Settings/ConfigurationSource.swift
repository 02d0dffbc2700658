/// Where a value comes from, or where a problem with it has to be corrected.
package enum ConfigurationSource: Hashable, Sendable {
    /// A default of the program.
    case builtIn
    /// `at` is nil if the problem is that the file cannot be read.
    case file(path: String, at: Mark?)
    case environment(variable: String)
    /// `flag` includes its dashes.
    case commandLine(flag: String)
}

extension ConfigurationSource: CustomStringConvertible {
    /// `file:line:column`, `environment: VARIABLE`, `command line: --flag`.
    package var description: String {
        switch self {
        case .builtIn: "default"
        case .file(let path, nil): path
        case .file(let path, let mark?): "\(path):\(mark.line):\(mark.column)"
        case .environment(let variable): "environment: \(variable)"
        case .commandLine(let flag): "command line: \(flag)"
        }
    }
}

extension ConfigurationSource: Comparable {
    /// The order in which problems are reported: the file from top to bottom, the environment, the command line.
    package static func < (left: ConfigurationSource, right: ConfigurationSource) -> Bool {
        left.order < right.order
    }

    private var order: (Int, Mark, String) {
        let nowhere = Mark(line: 0, column: 0)
        return switch self {
        case .builtIn: (0, nowhere, "")
        case .file(let path, let mark): (1, mark ?? nowhere, path)
        case .environment(let variable): (2, nowhere, variable)
        case .commandLine(let flag): (3, nowhere, flag)
        }
    }

    /// Without the name of the file, for messages such as "duplicate key (first at line 3)".
    var shortDescription: String {
        if case .file(_, let mark?) = self { "line \(mark.line)" } else { description }
    }
}
