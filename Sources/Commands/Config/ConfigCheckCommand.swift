import ArgumentParser
import Glibc
import Settings

struct ConfigCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say everything that is wrong with the configuration, each with its place.")

    @OptionGroup var databases: DatabaseOptions

    func run() throws {
        guard let loaded = databases.load() else { Glibc.exit(ExitStatus.configuration.rawValue) }
        let names = loaded.configuration.databases.map(\.name).joined(separator: ", ")
        StandardOutput.write("configuration of \(names): no problem found in \(loaded.file ?? "the flags and defaults")")
    }
}
