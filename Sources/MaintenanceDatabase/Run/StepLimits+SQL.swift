import CivilTime
import Maintenance

extension StepLimits {
    /// How the transaction of a step begins, in a run and in the script of a plan.
    var beginning: [String] {
        [
            "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
            "SET LOCAL lock_timeout = '\(lockDeadline.milliseconds)ms'",
            "SET LOCAL statement_timeout = '\(statementTimeout.milliseconds)ms'",
        ]
    }
}
