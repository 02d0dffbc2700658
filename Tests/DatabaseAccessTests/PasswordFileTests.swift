import Testing

@testable import DatabaseAccess

@Suite("Password file")
struct PasswordFileTests {
    @Test(arguments: [
        (nil, nil, PasswordFile.regular), (nil, "/etc/pgtend/pgpass", .regular),
        (
            "/run/credentials/pgtend.service", "/run/credentials/pgtend.service/pgpass",
            .credential(unit: "pgtend.service")
        ),
        ("/run/credentials/pgtend@shop.service", nil, .credential(unit: "pgtend@shop.service")),
        // A credential of something else.
        ("/run/credentials/pgtend.service", "/etc/pgtend/pgpass", .regular),
        ("/run/credentials/pgtend.service", "/run/credentials/pgtend.service.d/pgpass", .regular),
    ])
    func isACredentialOfTheUnitOrAFileOfItsOwn(credentials: String?, file: String?, expected: PasswordFile) {
        #expect(PasswordFile(credentials: credentials, passwordFile: file) == expected)
    }

    @Test func theCureForACredentialIsTheCommandThatReadsItAgain() {
        #expect(
            PasswordFile.credential(unit: "pgtend.service").cure.description.contains(
                "systemctl restart pgtend.service"))
        #expect(PasswordFile.regular.cure.description.contains("read again at each attempt"))
    }
}
