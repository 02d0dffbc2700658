// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours: Swift 6 mode comes with the tools version, and a warning is an error.
let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

/// A module of the program. A floor imports lower floors only; siblings never import each other.
/// `Tests/ArchitectureTests` reads the `import` lines and holds them to these edges.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

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
        module("PostgresClient", ["CLibPQ"]),
        module("SystemdIO", ["CSystemd"]),
        module("EmbeddedSQL", ["CEmbeddedSQL"]),

        // Floor 2: decides, and touches nothing.
        module("Maintenance", ["CivilTime"]),

        // Floor 3: siblings, joined only by values of floor 2.
        module("MaintenanceDatabase", ["Maintenance", "CivilTime", "PostgresClient", "EmbeddedSQL"]),
        module("Reporting", ["Maintenance", "CivilTime", "SystemdIO"]),
        module("Settings", ["Maintenance", "CivilTime", "CLibYAML"]),

        // Floor 4: decides which run begins when, and drives it.
        module(
            "Supervision", ["Maintenance", "MaintenanceDatabase", "CivilTime", "PostgresClient", "SystemdIO"]),

        // Floor 5: the command-line interface. Floor 6: the program.
        module(
            "Commands",
            [
                "Maintenance", "MaintenanceDatabase", "Reporting", "Settings", "Supervision", "CivilTime",
                "PostgresClient", "SystemdIO", argumentParser,
            ]),
        .executableTarget(name: "pgtend", dependencies: ["Commands"], swiftSettings: strict),

        // Tests mirror the sources.
        .target(
            name: "TestSupport", dependencies: ["PostgresClient"], path: "Tests/TestSupport", exclude: ["Drifted"],
            swiftSettings: strict),
        testProgram("SystemdProbe", ["SystemdIO"]),
        testProgram("BlockedService", ["Supervision", "Maintenance", "PostgresClient", "SystemdIO"]),
        tests("CivilTimeTests", ["CivilTime", "TestSupport"]),
        tests("PostgresClientTests", ["PostgresClient", "TestSupport"]),
        tests("SystemdIOTests", ["SystemdIO", "TestSupport"]),
        tests("EmbeddedSQLTests", ["EmbeddedSQL", "TestSupport"]),
        tests("MaintenanceTests", ["Maintenance", "CivilTime", "TestSupport"]),
        tests("MaintenanceDatabaseTests", ["MaintenanceDatabase", "TestSupport"]),
        tests("ReportingTests", ["Reporting", "TestSupport"]),
        tests("SettingsTests", ["Settings", "Maintenance", "CivilTime", "TestSupport"]),
        tests("SupervisionTests", ["Supervision", "Maintenance", "CivilTime", "TestSupport"]),
        tests(
            "CommandsTests",
            [
                "Commands", "Maintenance", "MaintenanceDatabase", "PostgresClient", "Reporting", "CivilTime",
                "TestSupport",
            ]),
        tests("ProcessTests", ["TestSupport"]),
        tests("SystemdTests", ["TestSupport"]),
        tests("ArchitectureTests", []),
    ],
    // For #embed.
    cLanguageStandard: .c2x
)
