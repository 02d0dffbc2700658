/// A rule on the sources, as a function to what breaks it: the same function judges `Sources` and a snippet that it
/// must refuse.
enum ArchitectureRules {
    /// Each floor imports lower floors only.
    static let floors: [String: Int] = [
        "CLibPQ": 0, "CSystemd": 0, "CLibYAML": 0, "CEmbeddedSQL": 0, "ArgumentParser": 0,
        "CivilTime": 1, "SQLText": 1, "SystemdIO": 1, "EmbeddedSQL": 1,
        "PostgresClient": 2, "Maintenance": 2, "SchemaDesign": 2,
        "DatabaseAccess": 3, "Reporting": 3, "Settings": 3,
        "MaintenanceDatabase": 4, "SchemaManagement": 4,
        "Supervision": 5,
        "Commands": 6,
        "pgtend": 7,
    ]

    /// What a module may import beside its declared dependencies. `Foundation` is in none: it costs 44 MB.
    static func systemModules(for module: String) -> Set<String> {
        switch module {
        case "Maintenance", "SchemaDesign", "SQLText", "EmbeddedSQL": []
        case "CivilTime": ["Glibc"]
        case "Reporting", "Commands": ["Glibc", "Dispatch", "Synchronization", "FoundationEssentials"]
        default: ["Glibc", "Dispatch", "Synchronization"]
        }
    }

    /// A folder is a room that one can look over; a file is a concept. What is longer says why in its first lines.
    static func sizes(_ files: [SourceFile]) -> [String] {
        let long = files.filter { file in
            let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false)
            return lines.count > 301 && !lines.contains { $0.hasPrefix("// Over 300 lines: ") }
        }
        let folders = Dictionary(grouping: files) { $0.path.split(separator: "/").dropLast().joined(separator: "/") }
        return long.map { "\($0.path): over 300 lines, without a reason in it" }
            + folders.filter { $0.value.count > 20 }.map { "\($0.key): \($0.value.count) Swift files" }.sorted()
    }

    static func imports(_ file: SourceFile, _ manifest: Manifest) -> [String] {
        guard let declared = manifest.dependencies[file.module] else {
            return ["\(file.path): Package.swift declares no module \(file.module)"]
        }
        let allowed = declared.union(systemModules(for: file.module))
        return file.imports.filter { !allowed.contains($0) }.map { "\(file.path): imports \($0)" }
    }

    static func edges(_ manifest: Manifest) -> [String] {
        manifest.dependencies.flatMap { module, dependencies -> [String] in
            guard let floor = floors[module] else { return ["\(module) has no floor"] }
            return dependencies.compactMap { dependency in
                guard let lower = floors[dependency] else { return "\(module) -> \(dependency), which has no floor" }
                return lower < floor ? nil : "\(module) (floor \(floor)) -> \(dependency) (floor \(lower))"
            }
        }
            + kept(
                [
                    // The planners are pure, and each of these is used where it was chosen for, and nowhere else.
                    "Maintenance": ["CivilTime", "SQLText"], "SchemaDesign": ["SQLText", "EmbeddedSQL"],
                    "SQLText": [],
                ], manifest)
            + confined(["ArgumentParser": ["Commands"], "CLibYAML": ["Settings"]], manifest)
    }

    private static func kept(_ exactly: [String: Set<String>], _ manifest: Manifest) -> [String] {
        exactly.filter { manifest.dependencies[$0.key] != $0.value }.map {
            "\($0.key) depends on more than \($0.value)"
        }
    }

    private static func confined(_ users: [String: Set<String>], _ manifest: Manifest) -> [String] {
        users.flatMap { dependency, users in
            manifest.dependencies.filter { $0.value.contains(dependency) && !users.contains($0.key) }
                .map { "\($0.key) -> \(dependency)" }
        }
    }

    /// Decisions are functions of their arguments: an instant is given, never read, and so is chance.
    static func clocks(_ file: SourceFile) -> [String] {
        guard ["Maintenance", "SchemaDesign", "SQLText", "CivilTime"].contains(file.module) else { return [] }
        let clock =
            /\b(?:Continuous|Suspending|System)Clock\b|\bDate\(\)|\b(?:clock_)?(?:gettime(?:ofday)?|time|random)\(|\.now\b|\bsleep\(|\.random\(|\bSystemRandomNumberGenerator\b|\blocaltime_r\b/
        return matches(of: clock, in: file.code).map { "\(file.path): reads a clock or chance: \($0)" }
    }

    /// A program ships no library.
    static func access(_ file: SourceFile) -> [String] {
        let declaration =
            /\b(?:public|open)\s+(?:\w+(?:\(\w+\))?\s+)*(?:func|var|let|struct|class|enum|actor|protocol|init|extension|typealias|subscript|import)\b/
        return matches(of: declaration, in: file.code).map { "\(file.path): \($0)" }
    }

    /// A failure becomes an outcome or goes up.
    static func swallowedFailures(_ file: SourceFile) -> [String] {
        matches(of: /\btry\?|\bcatch\s*\{\s*\}|\b_ = sd_\w+/, in: file.code).map { "\(file.path): \($0)" }
    }

    /// Any schema is tended alike: the platform's is named as the default, and in the embedded SQL.
    static func platformNames(_ file: SourceFile) -> [String] {
        let defaults = [
            "Sources/Maintenance/Database/DatabaseDefinition.swift",
            "Sources/Maintenance/Statistics/CorpusDefinition.swift",
        ]
        guard file.module != "EmbeddedSQL", !defaults.contains(file.path) else { return [] }
        let names =
            /\b(?:mcp|audit_log|api_key_usage|embedding_(?:metrics|models|statistics)|embeddings|agent_cost_analytics|active_embedding_models|update_embedding_statistics|refresh_cost_analytics)\b/
        return matches(of: names, in: file.codeAndStrings).map { "\(file.path): names \($0)" }
    }

    /// A role that is set confines nobody's code: whatever may run some goes through the sandbox. LOCK TABLE and what gives
    /// a partition to its owner run none.
    static func roles(_ file: SourceFile) -> [String] {
        let homes = [
            "Sources/DatabaseAccess/Sandbox/Sandbox.swift", "Sources/DatabaseAccess/Sandbox/Connection+Alone.swift",
            "Sources/DatabaseAccess/Locks/LockDeadline.swift",
            "Sources/MaintenanceDatabase/Partitions/HandOver.swift",
        ]
        guard !homes.contains(file.path) else { return [] }
        return matches(
            of: /["\n;] *SET (?:LOCAL |SESSION )?ROLE\b|\bRESET ROLE\b|\bSESSION AUTHORIZATION\b/,
            in: file.codeAndStrings
        )
        .map { "\(file.path): sets a role: \($0)" }
    }

    /// Swift's `==` takes a composed and a decomposed "é" for the same, and so do sets and dictionaries; the server has two
    /// roles of these names.
    static func comparedRoles(_ file: SourceFile) -> [String] {
        guard file.module != "Settings" else { return [] }
        let comparison =
            /[\w.?!]*(?:[oO]wner|[rR]ole|[gG]rantee)\b (?:==|!=) (?!nil\b)|(?:==|!=) (?=\w)[\w.?!]*(?:[oO]wner|[rR]ole|[gG]rantee)\b|\b\w*(?:[oO]wners|[rR]oles|[gG]rantees)\.contains\((?!where)/
        return matches(of: comparison, in: file.code).map { "\(file.path): compares the names of roles: \($0)" }
    }

    /// 32 lower-case hexadecimal digits are a message id, written once: where it is declared, with an entry in the
    /// catalog that begins with it. Comments count too: what is searched for is to be found once.
    static func messageIDs(_ files: [SourceFile], catalog: String) -> [String] {
        let home = "Sources/Reporting/Reports/EventKind.swift"
        let explained = catalog.split(separator: "\n").filter { $0.hasPrefix("-- ") }.map { $0.dropFirst(3) }
        var seen: Set<Substring> = []
        var complaints: [String] = []
        for file in files {
            for id in matches(of: /\b[0-9a-f]{32}\b/, in: file.text) {
                if file.path != home { complaints.append("\(file.path): \(id) is no message id here") }
                if !seen.insert(id).inserted { complaints.append("\(file.path): \(id) a second time") }
                if !explained.contains(id) { complaints.append("\(file.path): \(id) is not in the catalog") }
            }
        }
        return complaints + explained.filter { !seen.contains($0) }.map { "the catalog: nobody sends \($0)" }
    }

    /// `\b` as programmers read it: by default a dot between two names would join them to one word.
    private static func matches(of pattern: Regex<Substring>, in text: String) -> [Substring] {
        text.matches(of: pattern.wordBoundaryKind(.simple)).map(\.output)
    }
}
