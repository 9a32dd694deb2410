package io.ringtally.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Keeps pages of other origins from acting through an operator's browser, also where no key is
 * asked for. A page may send a request to this port from anywhere; its browser then names the
 * page's origin. And a page may bring its own name to this address (DNS rebinding); then its name
 * is in {@code Host}, so names must be known. Addresses cannot be rebound and are taken.
 *
 * <p>Threading: immutable.
 */
final class OwnOrigin {

    private static final HttpString FETCH_SITE = new HttpString("Sec-Fetch-Site");
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final String LOCALHOST = "localhost";

    private final Set<String> configured;
    private final Set<String> names;
    private final boolean readsToo;

    /**
     * Knows which names are its own.
     *
     * @param bound what the listener is bound to
     * @param names others under which operators reach it, in lower case
     * @param readsToo whether a page under a foreign name must not even read: where it could,
     *     because no key is asked for
     */
    OwnOrigin(String bound, Set<String> names, boolean readsToo) {
        this.configured = names;
        this.names = new HashSet<>(names);
        this.names.add(bound.toLowerCase(Locale.ROOT));
        this.names.add(LOCALHOST);
        this.readsToo = readsToo;
    }

    /** Why the request is refused; null if it is not. */
    Problem refusalOf(HttpServerExchange exchange) {
        HttpString method = exchange.getRequestMethod();
        boolean acts = !method.equals(Methods.GET) && !method.equals(Methods.HEAD);
        if (!acts && !readsToo) {
            return null;
        }
        String host = exchange.getRequestHeaders().getFirst(Headers.HOST);
        if (host == null || !isOwn(nameIn(host))) {
            return new Problem(ProblemType.FOREIGN_HOST, "Host " + (host == null ? "is missing"
                    : host + " is none of this listener's names, and a page could have brought it"
                    + " here") + ": use localhost, an address, or add the name to admin.names");
        }
        String origin = exchange.getRequestHeaders().getFirst(Headers.ORIGIN);
        if (acts && origin != null && !isOwn(origin, host)) {
            return foreign("Origin " + origin + " is not " + host);
        }
        String site = exchange.getRequestHeaders().getFirst(FETCH_SITE);
        if (acts && origin == null && site != null && !site.equals("same-origin")
                && !site.equals("none")) {
            return foreign("Sec-Fetch-Site is " + site);
        }
        return null;
    }

    private static Problem foreign(String why) {
        return new Problem(ProblemType.FOREIGN_ORIGIN, why + ": a page of another origin may not"
                + " act here; use the page of this port, or add the other's name to admin.names");
    }

    private boolean isOwn(String origin, String host) {
        int scheme = origin.indexOf("://");
        if (scheme < 0) {
            return false; // null, of a page that hides where it is from
        }
        String authority = origin.substring(scheme + 3);
        return authority.equalsIgnoreCase(host) || configured.contains(nameIn(authority));
    }

    private boolean isOwn(String name) {
        return names.contains(name) || name.endsWith("." + LOCALHOST) || name.startsWith("[")
                || IPV4.matcher(name).matches();
    }

    /** The host's name without its port and its last dot. */
    private static String nameIn(String authority) {
        int end = authority.startsWith("[") ? authority.indexOf(']') + 1
                : authority.indexOf(':') < 0 ? authority.length() : authority.indexOf(':');
        String name = authority.substring(0, end).toLowerCase(Locale.ROOT);
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }
}
