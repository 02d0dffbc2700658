import SystemdIO
import Testing

@Suite("Notifications that were not taken")
struct UnsentNotificationsTests {
    /// What is sent when the service manager takes it again, a line for each datagram.
    private func sent(_ unsent: UnsentNotifications, at now: Duration = .zero) -> [[NotifyState]] {
        var (unsent, datagrams) = (unsent, [[NotifyState]]())
        while !unsent.isEmpty {
            let next = unsent.next(at: now)
            datagrams.append(next)
            unsent.remove(next.count)
        }
        return datagrams
    }

    private func unsent(_ states: [NotifyState]...) -> UnsentNotifications {
        var unsent = UnsentNotifications()
        for (second, states) in states.enumerated() { unsent.add(states, at: .seconds(second)) }
        return unsent
    }

    @Test func keepTheNewestOfEachKind() {
        let kept = unsent(
            [.ready], [.status("a")], [.watchdog], [.status("b")], [.watchdog], [.watchdog], [.status("c")])
        #expect(sent(kept) == [[.ready, .watchdog, .status("c")]])
        #expect(kept.overtaken == 4)
    }

    @Test func neverLoseThatTheServiceIsReady() {
        let states = (0..<1_000).map { $0.isMultiple(of: 2) ? NotifyState.watchdog : .status("\($0)") }
        #expect(sent(unsent([.ready], states)).first?.first == .ready)
    }

    @Test func endAReloadInADatagramOfItsOwn() {
        let reload = NotifyState.reloading(monotonicMicroseconds: 7)
        #expect(sent(unsent([reload], [.ready], [.status("a")])) == [[reload], [.ready, .status("a")]])
        #expect(sent(unsent([.ready], [reload], [.ready])) == [[reload], [.ready]])
    }

    @Test func sayOnlyThatItStopsOnceItDoes() {
        let kept = unsent([.ready], [.reloading(monotonicMicroseconds: 7)], [.stopping, .extendTimeout(.seconds(45))])
        #expect(sent(kept, at: .seconds(12)) == [[.stopping, .extendTimeout(.seconds(35))]])
        #expect(sent(kept, at: .seconds(500)) == [[.stopping, .extendTimeout(.zero)]])
    }
}
