import Commands
import Glibc

@main
struct Main {
    static func main() {
        // libdispatch asks for a priority that only root may have, and tells syslog that it did not get it.
        setenv("LIBDISPATCH_LOG", "NO", 0)
        Pgtend.main()
    }
}
