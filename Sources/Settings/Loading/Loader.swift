import Maintenance

/// The steps of `load`: find and read the file, select the databases and override their values, validate.
struct Loader {
    private let flags: FlagOverrides
    private let environment: EnvironmentOverrides
    private let defaultFile: String
    private var context: DecodingContext
    /// The configuration of the file. The overridden values of the selected databases are in `selection`.
    private var configuration = Configuration()
    private var file: String?
    /// False if the name of some database may not have been read. A name on the command line that matches none is then
    /// not reported, since the database may be in the file.
    private var knowsAllNames = true
    private var selection: [Selected] = []

    /// A selected database, and the path under which `context` has the sources of its values.
    private struct Selected {
        var definition: DatabaseDefinition
        let path: String
        /// Its index in the list of the file; nil if it is not from the file.
        let index: Int?

        init(_ definition: DatabaseDefinition, index: Int) {
            self.definition = definition
            self.path = "databases[\(index)]"
            self.index = index
        }

        /// A database that is not from the file. Its path is one that no key of the file can have.
        init(_ definition: DatabaseDefinition, position: Int) {
            self.definition = definition
            self.path = "selected[\(position)]"
            self.index = nil
        }
    }

    init(
        flags: FlagOverrides, environment: EnvironmentOverrides, defaultFile: String, zoneDirectory: String
    ) {
        self.flags = flags
        self.environment = environment
        self.defaultFile = defaultFile
        context = DecodingContext(file: "", zones: ZoneRulesCache(directory: zoneDirectory))
    }

    // MARK: The file

    /// Finds and reads the file. Returns nil if there is none and none was specified, or after recording that it cannot
    /// be read.
    mutating func find(
        by readFile: (String) throws(ConfigurationFile.Failure) -> ConfigurationFile
    ) -> (path: String, file: ConfigurationFile)? {
        let named = flags.configFile ?? environment[EnvironmentOverrides.configFile]
        let path = named ?? defaultFile
        guard !path.isEmpty else {
            context.refuse(.commandLine(flag: "--config"), "", "expected the path of a file, found an empty text")
            knowsAllNames = false
            return nil
        }
        do throws(ConfigurationFile.Failure) {
            return (path, try readFile(path))
        } catch {
            if named == nil, error.isNoSuchFile { return nil }
            context.refuse(.file(path: path, at: nil), "", error.message)
            knowsAllNames = false
            return nil
        }
    }

    mutating func read(_ contents: ConfigurationFile, _ path: String) {
        file = path
        let document = YAMLDocument(contents.bytes)
        context = DecodingContext(file: path, stop: document.stop, zones: context.zones)
        for error in document.errors { context.refuse(.file(path: path, at: error.mark), "", error.message) }
        decode(document.root)
        let hasAllNames = configuration.databases.indices.allSatisfy { context.sources["databases[\($0)].name"] != nil }
        let hasList = document.errors.isEmpty && !configuration.databases.isEmpty
        knowsAllNames = context.problems.isEmpty || hasList && hasAllNames
        let holdsSecret = ConfigurationKeys.file.render(configuration).contains(where: \.value.holdsSecret)
        if holdsSecret, contents.isReadableByOthers {
            let cure = "chmod o-r it, or use a password file"
            context.warn(
                .file(path: path, at: nil), "", "holds a password and every user of this machine can read it; \(cure)")
        }
    }

    private mutating func decode(_ root: YAMLNode?) {
        if let root, !root.isNull {
            return ConfigurationKeys.file.decode(root, at: "", into: &configuration, &context)
        }
        let start = Mark(line: 1, column: 1)
        let expected = "a mapping with the keys \(ConfigurationKeys.file.names)"
        context.reportMissing(root?.mark ?? start, "", "expected \(expected), found \(root?.found ?? "an empty file")")
    }

    // MARK: The selection

    /// Selects the databases, and applies the overrides of environment and command line.
    mutating func select() {
        environment.warnOfUnknown(&context)
        ConfigurationKeys.file.override(&configuration, at: "", by: environment, flags, &context)
        chooseDatabases()
        let keys = ConfigurationKeys.database
        for index in selection.indices {
            keys.override(&selection[index].definition, at: selection[index].path, by: environment, flags, &context)
        }
        if selection.isEmpty {
            // Nothing is overridden, but an invalid variable is reported nevertheless.
            var placeholder = ConfigurationKeys.defaultDatabase
            keys.override(&placeholder, at: "", by: environment, flags, &context)
        }
    }

    private mutating func chooseDatabases() {
        if !flags.databases.isEmpty {
            for selector in flags.databases { choose(selector, .commandLine(flag: "--database")) }
        } else if let selector = environment[EnvironmentOverrides.database] {
            choose(selector, .environment(variable: EnvironmentOverrides.database))
        } else if !configuration.databases.isEmpty {
            selection = configuration.databases.enumerated().map { Selected($1, index: $0) }
        } else if let (variable, name) = environment.libpqDatabase {
            // With an empty conninfo, libpq takes the connection's parameters from its environment variables.
            add(conninfo: "", name: name, .environment(variable: variable))
        } else if knowsAllNames {
            let place = file ?? defaultFile
            let ways = "give --database 'host=/run/postgresql dbname=NAME', set PGTEND_DATABASE, or list it in \(place)"
            context.refuse(.commandLine(flag: "--database"), "", "expected a database to tend, found none: \(ways)")
        }
    }

    private mutating func choose(_ selector: String, _ source: ConfigurationSource) {
        guard ConnectionString.isRecognized(selector) else { return choose(named: selector, source) }
        let conninfo = ConnectionString(selector)
        if conninfo.holdsSecret, case .commandLine = source {
            let cure = "use a password file (~/.pgpass) or PGPASSWORD"
            context.warn(source, "", "the password in it is shown to every user of this machine by ps; \(cure)")
        }
        guard !selection.contains(where: { $0.definition.conninfo == selector }) else { return }
        let short = conninfo.databaseName ?? environment["PGDATABASE"] ?? conninfo.redacted
        let isTaken = (configuration.databases + selection.map(\.definition)).contains { $0.name == short }
        add(conninfo: selector, name: isTaken ? conninfo.redacted : short, source)
    }

    private mutating func choose(named name: String, _ source: ConfigurationSource) {
        if let index = configuration.databases.firstIndex(where: { $0.name == name }) {
            guard !selection.contains(where: { $0.index == index }) else { return }
            selection.append(Selected(configuration.databases[index], index: index))
        } else if knowsAllNames {
            context.refuse(source, "", errorMessage(forUnknown: name))
        }
    }

    private func errorMessage(forUnknown name: String) -> String {
        let found = name.isEmpty ? "an empty text" : Quotation.of(name)
        guard let file, !configuration.databases.isEmpty else {
            let cure = "a connection string holds '=', as 'dbname=NAME' does"
            return "expected a connection string, as no file names any database, found \(found) (\(cure))"
        }
        let names = configuration.databases.map(\.name)
        let near = Spelling.nearest(to: name, among: names).map { "; did you mean '\($0)'?" } ?? ""
        let list = names.joined(separator: ", ")
        return "expected a database of \(file) (\(list)) or a connection string, found \(found)\(near)"
    }

    private mutating func add(conninfo: String, name: String, _ source: ConfigurationSource) {
        let selected = Selected(DatabaseDefinition(name: name, conninfo: conninfo), position: selection.count)
        selection.append(selected)
        context.accept("\(selected.path).conninfo", from: source)
        context.accept("\(selected.path).name", from: source)
    }

    // MARK: The result

    func result() throws(SettingsError) -> LoadedConfiguration {
        var validation = Validation(sources: context.sources)
        // Databases that are not selected are validated as well: a file is valid as a whole or not at all.
        var whole = configuration
        for selected in selection {
            if let index = selected.index { whole.databases[index] = selected.definition }
        }
        ConfigurationKeys.file.validate(whole, at: "", &validation)
        for selected in selection where selected.index == nil {
            ConfigurationKeys.database.validate(selected.definition, at: selected.path, &validation)
        }
        let problems = Self.inOrder(context.problems + validation.problems)
        guard problems.isEmpty else { throw SettingsError(problems: problems) }
        var configuration = configuration
        configuration.databases = selection.map(\.definition)
        return LoadedConfiguration(
            configuration: configuration, warnings: Self.inOrder(context.warnings + crowding), file: file,
            sources: sources)
    }

    /// A run takes two connections.
    private var crowding: [Problem] {
        guard configuration.connections < 4, let source = context.sources["connections"] else { return [] }
        let message = "enough for one run at a time, so that partitions wait for refreshes; with 4 they do not"
        return [Problem(source: source, path: "connections", message: message)]
    }

    /// The sources, with the indices of the databases in the result.
    private var sources: [String: ConfigurationSource] {
        var numbered: [Substring: String] = [:]
        for (index, selected) in selection.enumerated() { numbered[selected.path[...]] = "databases[\(index)]" }
        var sources: [String: ConfigurationSource] = [:]
        for (path, source) in context.sources {
            let owner = path.prefix { $0 != "." }
            if let number = numbered[owner] {
                sources[number + path[owner.endIndex...]] = source
            } else if ServiceKeys.all.contains(where: { $0.name == owner }) {
                sources[path] = source
            }
        }
        return sources
    }

    /// The problems sorted by `ConfigurationSource`, without duplicates: an invalid variable is recorded once for each
    /// database.
    private static func inOrder(_ problems: [Problem]) -> [Problem] {
        var seen: Set<Problem> = []
        return problems.filter { seen.insert($0).inserted }.enumerated()
            .sorted { ($0.element.source, $0.offset) < ($1.element.source, $1.offset) }
            .map(\.element)
    }
}
