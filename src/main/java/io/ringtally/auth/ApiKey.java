package io.ringtally.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What is kept of a key: everything but its secret.
 *
 * <p>Threading: immutable.
 */
public final class ApiKey {

    private final String id;
    private final byte[] secretHash;
    private final String name;
    private final Set<Scope> scopes;
    private final List<String> apps;
    private final byte[][] appBytes;

    /**
     * A key.
     *
     * @param id what its token names it by
     * @param secretHash SHA-256 of the token's secret
     * @param name for people
     * @param scopes at least one
     * @param apps the app ids it is limited to, of which {@code ""} is that of increments; null for
     *     all there are
     */
    public ApiKey(String id, byte[] secretHash, String name, Collection<Scope> scopes,
            Collection<String> apps) {
        this.id = id;
        this.secretHash = secretHash.clone();
        this.name = name;
        this.scopes = EnumSet.copyOf(scopes);
        this.apps = apps == null ? null : List.copyOf(apps);
        this.appBytes = apps == null ? null : this.apps.stream()
                .map(app -> app.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
    }

    public String id() {
        return id;
    }

    public byte[] secretHash() {
        return secretHash.clone();
    }

    public String name() {
        return name;
    }

    /** Whether it was given that scope. */
    public boolean has(Scope scope) {
        return scopes.contains(scope);
    }

    public List<Scope> scopes() {
        return List.copyOf(scopes);
    }

    /** The app ids it is limited to, or null. */
    public List<String> apps() {
        return apps;
    }

    /** Whether it is for some app ids only. */
    public boolean isLimited() {
        return apps != null;
    }

    /** The app ids it is limited to, in UTF-8, not to be changed; only where it is limited. */
    public byte[][] appBytes() {
        return appBytes;
    }

    /** Whether it is for this app id, in UTF-8. */
    public boolean isFor(byte[] app) {
        return apps == null
                || Arrays.stream(appBytes).anyMatch(allowed -> Arrays.equals(allowed, app));
    }

    /** Whether this is its secret's hash; takes as long for every wrong one. */
    boolean hasSecretHash(byte[] hash) {
        return MessageDigest.isEqual(secretHash, hash);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ApiKey key && id.equals(key.id) && name.equals(key.name)
                && scopes.equals(key.scopes) && Arrays.equals(secretHash, key.secretHash)
                && (apps == null ? key.apps == null : apps.equals(key.apps));
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    /** Without the hash. */
    @Override
    public String toString() {
        return "key " + id + " (" + name + ")";
    }
}
