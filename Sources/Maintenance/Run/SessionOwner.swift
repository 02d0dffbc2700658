/// To whom a session on the server belongs, for people: the role, and the application where it says its name.
package struct SessionOwner: CustomStringConvertible {
    private let user: String
    private let application: String

    package init(user: String, application: String) {
        self.user = user
        self.application = application
    }

    package var description: String { application.isEmpty ? user : "\(user), \(application)" }
}
