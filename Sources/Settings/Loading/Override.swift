/// An environment variable or a flag of the command line that overrides one value of a target.
struct Override<Target: Sendable>: Sendable {
    /// The variable or the flag; never a file.
    let source: ConfigurationSource
    /// The path of the value relative to the target.
    let path: String
    /// The text of the variable, or the values of the flag; empty if it is not set.
    let given: @Sendable (EnvironmentOverrides, FlagOverrides) -> [String]
    /// Sets the value, or returns an error message if the texts are not valid.
    let set: @Sendable (_ texts: [String], inout Target) -> String?
}

/// A flag that overrides a key.
struct Flag: Sendable {
    /// With its dashes.
    let name: String
    /// Its values, in order; empty if it is not set.
    let given: @Sendable (FlagOverrides) -> [String]

    init(_ name: String, _ given: @escaping @Sendable (FlagOverrides) -> [String]) {
        self.name = name
        self.given = given
    }
}

extension Override {
    /// The overrides of one key, in the order in which they are applied: a flag overrides a variable.
    static func all(
        of key: String, _ variable: String?, _ setFromVariable: @escaping @Sendable (String, inout Target) -> String?,
        _ flag: Flag?, _ setFromFlag: @escaping @Sendable ([String], inout Target) -> String?
    ) -> [Override] {
        let ofVariable = variable.map { variable in
            Override(
                source: .environment(variable: variable), path: key,
                given: { environment, _ in environment[variable].map { [$0] } ?? [] },
                set: { texts, target in texts.first.flatMap { setFromVariable($0, &target) } })
        }
        let ofFlag = flag.map { flag in
            Override(
                source: .commandLine(flag: flag.name), path: key, given: { _, flags in flag.given(flags) },
                set: setFromFlag)
        }
        return [ofVariable, ofFlag].compactMap(\.self)
    }
}

extension Section {
    /// Applies the overrides of the environment and the command line to `target`, whose path is `path`.
    func override(
        _ target: inout Target, at path: String, by environment: EnvironmentOverrides, _ flags: FlagOverrides,
        _ context: inout DecodingContext
    ) {
        for override in overrides {
            let texts = override.given(environment, flags)
            guard !texts.isEmpty else { continue }
            if let message = override.set(texts, &target) {
                context.refuse(override.source, "", message)
            } else {
                context.accept(path.isEmpty ? override.path : "\(path).\(override.path)", from: override.source)
            }
        }
    }
}
