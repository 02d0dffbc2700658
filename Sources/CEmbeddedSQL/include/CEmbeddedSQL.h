#ifndef CEMBEDDEDSQL_H
#define CEMBEDDEDSQL_H

/// A file of sql/, as it was when the program was built.
struct embedded_file {
    /// Such as "sql/run/catalog/server.sql".
    const char *path;
    /// UTF-8.
    const char *text;
};

/// All of them; the last one has no path.
const struct embedded_file *embedded_files(void);

#endif
