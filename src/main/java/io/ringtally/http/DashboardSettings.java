package io.ringtally.http;

import java.util.regex.Pattern;

/**
 * The page for operators.
 *
 * @param frameAncestors who may show it in a frame, as the Content-Security-Policy has it:
 *     {@code 'none'}, {@code 'self'}, or origins
 * @param clientsMax feeds open at once, 0 (none) to 150
 */
public record DashboardSettings(String frameAncestors, int clientsMax) {

    private static final Pattern ORIGIN =
            Pattern.compile("https?://(\\*\\.)?[A-Za-z0-9.-]+(:([0-9]{1,5}|\\*))?");
    /** The listener takes 200 connections: some are left for requests. */
    private static final int CLIENTS_LIMIT = 150;

    public DashboardSettings {
        if (clientsMax < 0 || clientsMax > CLIENTS_LIMIT) {
            throw new IllegalArgumentException("dashboard.clients-max = " + clientsMax
                    + " is out of range: 0 to " + CLIENTS_LIMIT);
        }
    }

    /**
     * From what is configured.
     *
     * @param ancestors {@code none}, {@code self}, or origins, several with blanks between them
     */
    public static DashboardSettings of(String ancestors, int clientsMax) {
        String[] given = ancestors.strip().split("\\s+");
        StringBuilder policy = new StringBuilder();
        for (String one : given) {
            boolean word = one.equals("self") || one.equals("none") && given.length == 1;
            if (!word && !ORIGIN.matcher(one).matches()) {
                throw new IllegalArgumentException("dashboard.frame-ancestors = " + ancestors
                        + " is not understood at \"" + one + "\": give none, self, or origins such"
                        + " as https://grafana.example.com, with blanks between them");
            }
            policy.append(policy.isEmpty() ? "" : " ").append(word ? "'" + one + "'" : one);
        }
        return new DashboardSettings(policy.toString(), clientsMax);
    }
}
