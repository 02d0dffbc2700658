extension String {
    /// The string with `escape` inserted before each of the `special` scalars.
    ///
    /// Works on scalars, as the server does: a quote followed by a combining mark is a single `Character`, which does
    /// not equal a quote.
    package func inserting(_ escape: Unicode.Scalar, before special: Unicode.Scalar...) -> String {
        var result = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            if special.contains(scalar) { result.append(escape) }
            result.append(scalar)
        }
        return String(result)
    }
}
