/// What Package.swift says of the modules, read from its text: asking SwiftPM would wait for the build that runs us.
struct Manifest {
    /// The declared dependencies of each module below `Sources`.
    let dependencies: [String: Set<String>]

    init(text: String) {
        // Packages' products are constants there: `let argumentParser = ….product(name: "ArgumentParser", …)`.
        var products: [Substring: Substring] = [:]
        for product in text.matches(of: /let (\w+) = Target\.Dependency\.product\(name: "(\w+)"/) {
            products[product.1] = product.2
        }
        var dependencies: [String: Set<String>] = [:]
        for library in text.matches(of: /\.systemLibrary\(\s*name: "(\w+)"/) {
            dependencies[String(library.1)] = []
        }
        let target = /(?:\bmodule\(|\.executableTarget\(\s*name:)\s*"(\w+)"(?:,\s*(?:dependencies:\s*)?\[([^\]]*)\])?/
        for module in text.matches(of: target) {
            let names = (module.2 ?? "").matches(of: /"(\w+)"|(\w+)/).map { $0.1 ?? products[$0.2 ?? ""] ?? "?" }
            dependencies[String(module.1)] = Set(names.map(String.init))
        }
        self.dependencies = dependencies
    }
}
