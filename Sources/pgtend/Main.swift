import Commands

@main
struct Main {
    static func main() {
        Pgtend.main()
    }
}
