/// Which caller may use a connection next: in the order in which they came.
///
/// Actors are reentrant: without this queue, a second statement could be sent while the first one is running.
struct TurnQueue<Ticket> {
    private var isTaken = false
    private var waiting: [(number: Int, ticket: Ticket)] = []
    private var nextNumber = 0

    /// True if nobody had the turn: now the caller has it.
    mutating func takeIfFree() -> Bool {
        defer { isTaken = true }
        return !isTaken
    }

    /// A number for `enqueue`, by which `remove` finds the ticket again.
    mutating func drawNumber() -> Int {
        defer { nextNumber += 1 }
        return nextNumber
    }

    mutating func enqueue(_ ticket: Ticket, number: Int) {
        waiting.append((number, ticket))
    }

    /// Removes the ticket of a caller that stops waiting; nil if it is no longer waiting.
    mutating func remove(number: Int) -> Ticket? {
        waiting.firstIndex { $0.number == number }.map { waiting.remove(at: $0).ticket }
    }

    /// The ticket of the next caller, or nil if nobody waits and the turn is free now. With a next caller the turn is
    /// never free in between, so that no other caller can take it.
    mutating func passOn() -> Ticket? {
        if waiting.isEmpty {
            isTaken = false
            return nil
        }
        return waiting.removeFirst().ticket
    }
}
