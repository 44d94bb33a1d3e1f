/** Where the embedded API once answered differently from the real one. */
