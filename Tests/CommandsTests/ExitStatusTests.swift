import Maintenance
import SQLText
import Testing

@testable import Commands

/// Swift Testing has an `ExitStatus`, too.
typealias Status = Commands.ExitStatus

@Suite("Exit status")
struct ExitStatusTests {
    @Test func nothingIsGraverThanAnErrorOfItsOwn() {
        for status in Status.allCases {
            #expect(Status.mostSevere([status, .software]) == .software)
            #expect(Status.mostSevere([.done, status]) == status)
            #expect(Status.mostSevere([status]) == status)
        }
        #expect(Status.mostSevere([]) == .done)
    }

    /// Two databases of which one fails and one cannot be reached: what stops more is what a script hears of.
    @Test(
        arguments: [
            ([.refused, .failed, .unavailable], .unavailable), ([.held, .failed], .failed),
            ([.postponed, .refused], .refused),
            ([.nothingToMaintain, .postponed], .postponed), ([.unavailable, .noPermission, .done], .noPermission),
        ] as [([Status], Status)])
    func theMostSevereWins(statuses: [Status], mostSevere: Status) {
        #expect(Status.mostSevere(statuses) == mostSevere)
        #expect(Status.mostSevere(statuses.reversed()) == mostSevere)
    }

    @Test func helpKnowsEveryCodeOnce() {
        let codes = Status.help.split(separator: "\n").dropFirst().compactMap { line in
            Int32(line.drop { $0 == " " }.prefix { $0 != " " })
        }
        #expect(codes == Status.allCases.map(\.rawValue) + [130, 143])
    }

    @Test(arguments: [
        (Status.schemaHelp, [0, 1, 2, 4, 64, 69, 70, 71, 74, 77, 78, 130, 143] as [Int32]),
        (Status.verifyHelp, [0, 1, 4, 64, 69, 70, 71, 74, 77, 78, 130, 143]),
    ])
    func helpOfASchemaCommandKnowsItsCodes(help: String, expected: [Int32]) {
        let codes = help.split(separator: "\n").dropFirst().compactMap { line in
            Int32(line.drop { $0 == " " }.prefix { $0 != " " })
        }
        #expect(codes == expected)
    }

    @Test func theCommandOnSchemasSaysWhatEachOfItsCommandsDoes() {
        let abstract = SchemaCommand.configuration.abstract
        for word in ["Compare", "install", "repair", "set aside", "take it back"] { #expect(abstract.contains(word)) }
        #expect(SchemaCommand.configuration.subcommands.count == 5)
    }

    /// ArgumentParser wraps at 80 columns, and a wrapped code is hard to find.
    @Test func helpIsNeverWrapped() {
        let helps = [Status.help, Status.schemaHelp, Status.verifyHelp, Status.rollbackHelp]
        for line in helps.flatMap({ $0.split(separator: "\n") }) { #expect(line.count <= 80, "\(line)") }
    }

    @Test(
        arguments: [
            (FailureClass.authentication, "28P01", Status.noPermission), (.privilege, "42501", .noPermission),
            (.connection, nil, .unavailable), (.pooler, nil, .unavailable), (.resources, "53300", .unavailable),
            (.resources, "53200", .unavailable),
            (.other, "25006", .unavailable),
            (.other, "42P07", .failed), (.lockNotAvailable, "55P03", .held),
            (.refused, nil, .refused),
        ] as [(FailureClass, String?, Status)])
    func saysWhatEndedACommandBeforeItBegan(kind: FailureClass, state: String?, status: Status) {
        #expect(
            Status(ServerFailure(failureClass: kind, sqlState: state.map(SQLState.init(_:)), message: "")) == status)
    }
}
