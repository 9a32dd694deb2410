package io.ringtally.http;

import io.ringtally.auth.Scope;

/**
 * What a route asks of its caller, where callers must show a key.
 *
 * <p>Threading: immutable.
 */
enum Access {

    /** Nothing; what more there is to tell a caller with a key, the answer decides. */
    ANYONE(null, true),
    /** The scope write; the flow of events checks the app ids of a limited key. */
    WRITE(Scope.WRITE, true),
    /** The scope read; {@link QueryParameters#good} checks the app id of a limited key. */
    READ_OF_APP(Scope.READ, true),
    /** The scope read, and a key that is not limited to app ids. */
    READ(Scope.READ, false),
    /** The scope admin; {@link QueryParameters#good} checks the app id of a limited key. */
    ADMIN_OF_APP(Scope.ADMIN, true),
    /** The scope admin, and a key that is not limited to app ids. */
    ADMIN(Scope.ADMIN, false);

    /** Null for none. */
    final Scope scope;
    /** Whether a key limited to app ids passes. */
    final boolean limitedPass;

    Access(Scope scope, boolean limitedPass) {
        this.scope = scope;
        this.limitedPass = limitedPass;
    }
}
