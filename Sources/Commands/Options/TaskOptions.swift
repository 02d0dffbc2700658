import ArgumentParser
import Maintenance

/// The arguments that select kinds of task.
struct TaskOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "What to tend: \(TaskKind.words). All of them when none is named.", valueName: "task"))
    var tasks: [TaskKind] = []

    var selected: [TaskKind] { tasks.isEmpty ? TaskKind.allCases : tasks }
}
