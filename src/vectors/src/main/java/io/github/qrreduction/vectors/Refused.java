package io.github.qrreduction.vectors;

/** Why content is refused, still without the file's name, which whoever knows it adds. */
final class Refused extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    Refused(String reason) {
        super(reason);
    }

    /** The same reason, with the place before it. */
    Refused at(Object place) {
        Refused r = new Refused(place + ": " + getMessage());
        r.initCause(this);
        return r;
    }
}
