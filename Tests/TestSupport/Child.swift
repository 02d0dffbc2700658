import Glibc
import Synchronization

/// A process just started, and our ends of its pipes.
struct Child {
    let processIdentifier: pid_t
    let input: Int32?
    let outputs: [Int32]

    /// Held while pipes are made and a program is started: a pipe that another child inherited by accident would never
    /// come to its end.
    private static let starting = Mutex(())

    init(
        _ path: String, _ arguments: [String], environment: [String: String], input: Program.Input,
        output: Program.Output
    ) throws {
        self = try Self.starting.withLock { _ in
            try Child(locked: path, arguments, environment: environment, input: input, output: output)
        }
    }

    private init(
        locked path: String, _ arguments: [String], environment: [String: String], input: Program.Input,
        output: Program.Output
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var theirs: [Int32] = []
        defer { theirs.forEach { close($0) } }
        func give(_ end: Int32, as descriptors: Int32...) {
            for descriptor in descriptors { posix_spawn_file_actions_adddup2(&actions, end, descriptor) }
            theirs.append(end)
        }

        let terminal = if case .terminal = output { try DescriptorPair.terminal() } else { nil as DescriptorPair? }
        switch input {
        case .none:
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
            self.input = nil
        case .text, .open:
            if let terminal {
                posix_spawn_file_actions_adddup2(&actions, terminal.writing, 0)
                self.input = fcntl(terminal.reading, F_DUPFD_CLOEXEC, 0)
            } else {
                let pipe = try DescriptorPair.pipe()
                give(pipe.reading, as: 0)
                self.input = pipe.writing
            }
        }
        if let terminal {
            give(terminal.writing, as: 1, 2)
            outputs = [terminal.reading]
        } else {
            let (standardOutput, standardError) = (try DescriptorPair.pipe(), try DescriptorPair.pipe())
            give(standardOutput.writing, as: 1)
            give(standardError.writing, as: 2)
            outputs = [standardOutput.reading, standardError.reading]
        }

        // Dispatch blocks signals on its threads, and a child inherits that: it would not hear SIGTERM.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var variables = environment
        for name in ["PATH", "HOME"] where variables[name] == nil {
            variables[name] = getenv(name).map { String(cString: $0) }
        }
        let argv = ([path] + arguments).map { strdup($0) } + [nil]
        let envp = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var child: pid_t = 0
        let code = posix_spawn(&child, path, &actions, &attributes, argv, envp)
        processIdentifier = child
        guard code == 0 else {
            (outputs + [self.input].compactMap(\.self)).forEach { close($0) }
            throw TestFailure("cannot start \(path): \(String(cString: strerror(code)))")
        }
    }
}
