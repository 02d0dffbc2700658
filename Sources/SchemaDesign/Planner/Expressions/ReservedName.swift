import SQLText

/// Names that are pgtend's own: most stand only while the schema is on its way.
package enum ReservedName {
    static let prefix = "pgtend_"
    /// What takes the place of something that stands, until it is given its name.
    static let newPrefix = "\(prefix)new_"
    /// A column that was converted or renamed: it stays, with its values.
    static let oldPrefix = "\(prefix)old_"
    /// The CHECK that stands for NOT NULL while it is validated.
    package static let notNullPrefix = "\(prefix)not_null_"
    /// The trigger that keeps two columns in step. It fires after whatever other BEFORE triggers the table has: they do in
    /// the order of their names.
    static let syncPrefix = "zz_\(prefix)sync_"

    /// Prefix and name; where that is too long for an identifier, cut, with a checksum of the whole.
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
