import Reporting
import SQLText

/// That a change is meant for this database: its own name, as an argument or typed at the terminal.
struct Confirmation: Sendable {
    /// The value of `--confirm`.
    let given: String?

    /// - Returns: why it cannot be confirmed, before anything is shown or asked; nil if it is confirmed, or can be asked for.
    func obstacle(_ database: String) -> String? {
        if let given, given != database {
            return "this is database \(database.visible), and --confirm names \(given.visible); nothing was changed\n"
                + "  what to do: look at --database, then give the name of the database that is meant"
        }
        guard given != nil || TerminalPrompt.isInteractive else {
            return Self.howToConfirm(database, as: "has to be confirmed by its name")
        }
        return nil
    }

    /// Asks at the terminal unless the name was given.
    ///
    /// - Parameter deed: completes "Type the name of the database to …:".
    /// - Returns: that it was not confirmed; nil if it was.
    func refusal(_ database: String, to deed: String) -> String? {
        guard given == nil, TerminalPrompt.ask("Type the name of the database to \(deed):") != database else {
            return nil
        }
        return Self.howToConfirm(database, as: "not confirmed")
    }

    /// How to confirm without a terminal.
    private static func howToConfirm(_ database: String, as shown: String) -> String {
        "\(database.visible): \(shown); nothing was changed\n  what to do: repeat the command with --confirm "
            + database.shellWord.visible
    }
}
