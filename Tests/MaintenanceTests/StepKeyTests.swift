import Maintenance
import SQLText
import Testing

@Suite("Keys of steps")
struct StepKeyTests {
    private static let limits = StepLimits(locks: LockBudget(), statementTimeout: .seconds(1))

    private static func view(_ schema: String, _ name: String, _ mode: RefreshView.Mode = .concurrent) -> PlanStep {
        let view = RelationName(schema: schema, name: name)
        return PlanStep(
            .refreshView(RefreshView(view: view, mode: mode, owner: "o", role: nil)), reason: "due", limits: limits)
    }

    @Test("say what the step is about, and not how it is done")
    func areTheSameForEveryAttempt() {
        #expect(Self.view("s", "v", .initial).key == Self.view("s", "v", .concurrent).key)
        #expect(Self.view("s", "v").key.text == "refresh_view s.v")
    }

    @Test("tell apart what the server tells apart")
    func areUnambiguous() {
        let keys = [
            ("s", "v"), ("s.v", "v"), ("s", "v.v"), ("s", "caf\u{e9}"), ("s", "cafe\u{301}"), ("s ", "v"), ("s", " v"),
            ("S", "v"), ("s\"", "v"), ("s", "\"v"),
        ].map { Self.view($0.0, $0.1).key }
        #expect(Set(keys).count == keys.count)
        #expect(StepKey("caf\u{e9}") != StepKey("cafe\u{301}"))
    }
}
