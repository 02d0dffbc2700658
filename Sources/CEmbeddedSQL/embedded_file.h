// The element of the manifest for the file FILE. Included many times.
    {
        FILE,
        (const char[]) {
#embed FILE
            , 0
        },
    },
#undef FILE
