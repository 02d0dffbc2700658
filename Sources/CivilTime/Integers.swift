extension BinaryInteger {
    /// Division that rounds towards negative infinity, so that an instant before 1970 belongs to the right day.
    package func dividedDown(by divisor: Self) -> Self {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }

    /// The remainder of `dividedDown(by:)`: never negative for a positive divisor.
    package func remainderDown(by divisor: Self) -> Self {
        let remainder = self % divisor
        return remainder < 0 ? remainder + divisor : remainder
    }

    /// Decimal digits with leading zeros up to `width`.
    package func padded(_ width: Int) -> String {
        let digits = String(self.magnitude)
        let sign = self < 0 ? "-" : ""
        return sign + String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
