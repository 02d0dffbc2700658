// The journal's CODE_FILE, CODE_LINE and CODE_FUNC are those of the Swift caller: they are sent as fields.
#define SD_JOURNAL_SUPPRESS_LOCATION 1
#include <systemd/sd-journal.h>
#include <systemd/sd-daemon.h>
