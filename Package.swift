// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours: Swift 6 mode comes with the tools version, and a warning is an error.
let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

/// A module of the program. A floor imports lower floors only; siblings never import each other.
/// `Tests/ArchitectureTests` reads the `import` lines and holds them to these edges.
func module(_ name: String, _ dependencies: [Target.Dependency] = [], _ settings: [SwiftSetting] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict + settings)
}

/// For where tests spend most of their time: they plan hundreds of repairs, which takes five times as long unoptimized.
let fast: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// A program that only tests start.
func testProgram(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, path: "Tests/\(name)", swiftSettings: strict)
}

let package = Package(
    name: "pgtend",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0")
    ],
    targets: [
        // Floor 0: C libraries.
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .systemLibrary(name: "CLibYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        // Data: the files of sql/.
        .target(name: "CEmbeddedSQL", exclude: ["sql"], cSettings: [.treatAllWarnings(as: .error)]),

        // Floor 1: know nothing of maintenance, nor of each other.
        module("CivilTime"),
        module("SQLText", [], fast),
        module("SystemdIO", ["CSystemd"]),
        module("EmbeddedSQL", ["CEmbeddedSQL"]),

        // Floor 2: libpq; and two that decide, and touch nothing. Siblings.
        module("PostgresClient", ["SQLText", "CLibPQ"]),
        module("Maintenance", ["CivilTime", "SQLText"]),
        module("SchemaDesign", ["SQLText", "EmbeddedSQL"], fast),

        // Floor 3: siblings, joined only by values of floor 2.
        module("DatabaseAccess", ["Maintenance", "PostgresClient", "CivilTime", "SQLText", "EmbeddedSQL"]),
        module("Reporting", ["Maintenance", "CivilTime", "SQLText", "SystemdIO"]),
        module("Settings", ["Maintenance", "CivilTime", "SQLText", "CLibYAML"]),

        // Floor 4: two programs. What a run does, and what `pgtend schema` does.
        module(
            "MaintenanceDatabase",
            ["DatabaseAccess", "Maintenance", "PostgresClient", "CivilTime", "SQLText", "EmbeddedSQL"]),
        module(
            "SchemaManagement",
            ["DatabaseAccess", "SchemaDesign", "Maintenance", "PostgresClient", "CivilTime", "SQLText", "EmbeddedSQL"]),

        // Floor 5: decides which run begins when, and drives it.
        module(
            "Supervision",
            [
                "MaintenanceDatabase", "DatabaseAccess", "Maintenance", "PostgresClient", "CivilTime", "SQLText",
                "SystemdIO",
            ]),

        // Floor 6: the command-line interface. Floor 7: the program.
        module(
            "Commands",
            [
                "Supervision", "MaintenanceDatabase", "SchemaManagement", "DatabaseAccess", "Reporting", "Settings",
                "Maintenance", "SchemaDesign", "PostgresClient", "CivilTime", "SQLText", "SystemdIO", argumentParser,
            ]),
        .executableTarget(name: "pgtend", dependencies: ["Commands"], swiftSettings: strict),

        // Tests mirror the sources.
        .target(
            name: "TestSupport", dependencies: ["PostgresClient"], path: "Tests/TestSupport",
            exclude: ["Drifted", "Platform"],
            swiftSettings: strict),
        testProgram("SystemdProbe", ["SystemdIO"]),
        testProgram("BlockedService", ["Supervision", "Maintenance", "PostgresClient", "SystemdIO"]),
        tests("CivilTimeTests", ["CivilTime", "TestSupport"]),
        tests("SQLTextTests", ["SQLText", "TestSupport"]),
        tests("PostgresClientTests", ["PostgresClient", "SQLText", "TestSupport"]),
        tests("SystemdIOTests", ["SystemdIO", "TestSupport"]),
        tests("EmbeddedSQLTests", ["EmbeddedSQL", "TestSupport"]),
        tests("MaintenanceTests", ["Maintenance", "Settings", "CivilTime", "SQLText", "TestSupport"]),
        tests("SchemaDesignTests", ["SchemaDesign", "SQLText", "TestSupport"]),
        tests("DatabaseAccessTests", ["DatabaseAccess", "TestSupport"]),
        tests(
            "MaintenanceDatabaseTests",
            ["MaintenanceDatabase", "DatabaseAccess", "Maintenance", "PostgresClient", "SQLText", "TestSupport"]),
        tests(
            "SchemaManagementTests",
            [
                "SchemaManagement", "SchemaDesign", "DatabaseAccess", "MaintenanceDatabase", "Maintenance",
                "PostgresClient", "SQLText", "EmbeddedSQL", "TestSupport",
            ]),
        tests("ReportingTests", ["Reporting", "SQLText", "TestSupport"]),
        tests("SettingsTests", ["Settings", "Maintenance", "CivilTime", "SQLText", "TestSupport"]),
        tests("SupervisionTests", ["Supervision", "Maintenance", "CivilTime", "SQLText", "TestSupport"]),
        tests(
            "CommandsTests",
            [
                "Commands", "Maintenance", "MaintenanceDatabase", "SchemaManagement", "SchemaDesign",
                "DatabaseAccess", "PostgresClient", "Reporting", "CivilTime", "SQLText", "TestSupport",
            ]),
        tests("ProcessTests", ["TestSupport"]),
        tests("SystemdTests", ["TestSupport"]),
        tests("ArchitectureTests", []),
    ],
    // For #embed.
    cLanguageStandard: .c2x
)
