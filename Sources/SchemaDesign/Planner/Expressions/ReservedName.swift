import SQLText

/// Names that are reserved for pgtend. Most exist only while a schema is being repaired.
package enum ReservedName {
    static let prefix = "pgtend_"
    /// What is built to replace something, until it gets its final name.
    static let newPrefix = "\(prefix)new_"
    /// A column that was converted or renamed. It is kept with its values.
    static let oldPrefix = "\(prefix)old_"
    /// A relation that was in the way. It is kept with its rows, which nothing has copied.
    static let asidePrefix = "\(prefix)aside_"
    /// The CHECK that stands for NOT NULL while it is validated.
    package static let notNullPrefix = "\(prefix)not_null_"
    /// The policy that shows a table's former owner what it saw, until row-level security stands as the schema has it.
    package static let formerOwner = "\(prefix)former_owner"
    /// The trigger that keeps two columns in step. BEFORE triggers fire in the order of their names: this one comes
    /// last.
    static let syncPrefix = "zz_\(prefix)sync_"

    /// What was converted or replaced is called so by then.
    static func old(_ name: String) -> String { fitted(oldPrefix, name) }

    /// What was in the way is called so by then.
    static func aside(_ name: String) -> String { fitted(asidePrefix, name) }

    /// Prefix and name. If that is too long for an identifier, it is cut and ends in a checksum of the whole.
    static func fitted(_ prefix: String, _ name: String) -> String {
        let whole = prefix + name
        guard whole.utf8.count > SQLIdentifier.maximumBytes else { return whole }
        var hash: UInt32 = 2_166_136_261
        for byte in whole.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        let digits = String(hash, radix: 16)
        var cut = whole
        while cut.utf8.count + digits.utf8.count + 1 > SQLIdentifier.maximumBytes { cut.removeLast() }
        return "\(cut)_\(digits)"
    }
}
