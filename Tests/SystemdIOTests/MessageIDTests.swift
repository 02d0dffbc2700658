import SystemdIO
import Testing

@Suite("Message id")
struct MessageIDTests {
    @Test func takesWhatSystemdPrints() {
        let text = "0123456789abcdef0123456789abcdef"
        #expect(MessageID(rawValue: text)?.rawValue == text)
        #expect(("0123456789abcdef0123456789abcdef" as MessageID).description == text)
    }

    @Test(arguments: [
        "", "0123456789abcdef0123456789abcde", "0123456789abcdef0123456789abcdef0", "0123456789ABCDEF0123456789abcdef",
        "01234567-89ab-cdef-0123-456789abcdef", "0123456789abcdeg0123456789abcdef", "٠١٢٣٤٥٦٧٨٩abcdef",
    ])
    func refusesEveryOtherSpelling(text: String) {
        #expect(MessageID(rawValue: text) == nil)
    }
}
