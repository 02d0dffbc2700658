/// Why a database has no ledger, in the words of `status` and `history`.
enum LedgerWords {
    static let absence = "`pgtend serve` installs one where the role may (docs/ledger.md)"
    static let switchedOff = "it is switched off in the configuration (ledger: enabled: false)"
}
