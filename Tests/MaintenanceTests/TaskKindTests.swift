import Maintenance
import Testing

@Suite("Kinds of task")
struct TaskKindTests {
    @Test("have a lock each, which is none of those for other things")
    func haveALockEach() {
        let numbers = TaskKind.allCases.map(\.traits.lockNumber)
        #expect(Set(numbers).count == numbers.count)
        #expect(numbers.allSatisfy { (1..<50).contains($0) })
        // Services of different versions share a database.
        #expect(numbers.prefix(3) == [1, 2, 3])
    }

    @Test("take long, but for partitions, which never wait for the others")
    func areLong() {
        #expect(TaskKind.allCases.filter { !$0.traits.isLong } == [.partitions])
    }
}
