/// Who may use a connection next: first come, first served.
///
/// Actors are reentrant: without it, two statements on one connection would share the wire.
struct TurnQueue<Ticket> {
    private var isTaken = false
    private var waiting: [(number: Int, ticket: Ticket)] = []
    private var nextNumber = 0

    /// True if the turn was free, and now is the caller's.
    mutating func takeIfFree() -> Bool {
        defer { isTaken = true }
        return !isTaken
    }

    /// The number under which the next `enqueue` will wait.
    mutating func drawNumber() -> Int {
        defer { nextNumber += 1 }
        return nextNumber
    }

    mutating func enqueue(_ ticket: Ticket, number: Int) {
        waiting.append((number, ticket))
    }

    /// The ticket of whoever gives up waiting; nil if it is no longer waiting.
    mutating func remove(number: Int) -> Ticket? {
        waiting.firstIndex { $0.number == number }.map { waiting.remove(at: $0).ticket }
    }

    /// The ticket of the next owner, or nil if the turn is free now. It goes from hand to hand without being free
    /// in between: nobody can slip in.
    mutating func passOn() -> Ticket? {
        if waiting.isEmpty {
            isTaken = false
            return nil
        }
        return waiting.removeFirst().ticket
    }
}
