extension Duration {
    /// At least 0, at most a century: what Dispatch can hold.
    var wholeNanoseconds: Int {
        let clamped = min(max(self, .zero), .seconds(3_000_000_000))
        return Int(clamped.components.seconds) * 1_000_000_000 + Int(clamped.components.attoseconds / 1_000_000_000)
    }
}
