package io.ringtally.http;

import java.util.Locale;

/**
 * Every kind of problem a request may be answered with, and its status. Each has a section of its
 * name in {@code docs/problems.md}, which is served at its {@link #uri}: add one to both.
 *
 * <p>Threading: immutable.
 */
enum ProblemType {

    BODY_BROKEN_OFF(400),
    FOREIGN_TARGET(400),
    INVALID_CONNECTION_OPTION(400),
    INVALID_GZIP(400),
    INVALID_LENGTH(400),
    INVALID_REQUEST(400),
    MALFORMED_CHUNK(400),
    TOO_MANY_COUNTERS(400),
    TOO_MANY_REJECTED(400),
    UNKNOWN_METHOD(400),
    UNKNOWN_TRANSFER_ENCODING(400),
    UNAUTHORIZED(401),
    FORBIDDEN(403),
    FOREIGN_HOST(403),
    FOREIGN_ORIGIN(403),
    NO_LIFECYCLE(404),
    NO_SUCH_PATH(404),
    NOT_FOUND(404),
    METHOD_NOT_ALLOWED(405),
    TOO_SLOW(408),
    ID_IN_PROGRESS(409),
    STILL_REFUSED(409),
    CONDITION_FAILED(412),
    BATCH_TOO_LARGE(413),
    BODY_TOO_LARGE(413),
    URI_TOO_LONG(414),
    UNSUPPORTED_CONTENT_ENCODING(415),
    UNSUPPORTED_MEDIA_TYPE(415),
    ID_REUSED(422),
    REFUSED_BY_POSTGRES(422),
    AUDIT_RUNNING(429),
    OPERATORS_BUSY(429),
    RATE_LIMITED(429),
    TOO_MANY_HEADERS(431),
    INTERNAL(500),
    AUDIT_IMPOSSIBLE(503),
    BACKLOG_FULL(503),
    DEDUPE_FULL(503),
    DRAINING(503),
    FAILED(503),
    FENCED(503),
    JOURNAL_FULL(503),
    KEYS_UNKNOWN(503),
    NOT_CHANGED(503),
    NOT_IN_MEMORY(503),
    NOT_NOW(503),
    POSTGRES_AWAY(503),
    QUERY_TIMEOUT(503),
    READ_TIMEOUT(503),
    RING_FULL(503),
    STARTING(503),
    TOO_MANY_BODIES(503),
    TOO_MANY_CHANGES(503),
    TOO_MANY_FEEDS(503),
    TOO_MANY_QUERIES(503),
    TOO_MANY_READS(503),
    TOO_MANY_STREAMS(503),
    TOO_MANY_WAITING(503),
    NOT_PERSISTED(504),
    OUTCOME_UNKNOWN(504),
    UNKNOWN_VERSION(505),
    QUOTA_USED_UP(507),
    STORE_FULL(507);

    /** HTTP status. */
    final int status;
    /** Its name in documents and URIs. */
    final String word;
    /** Where every listener explains it; relative, as a service does not know its own name. */
    final String uri;

    ProblemType(int status) {
        this.status = status;
        this.word = name().toLowerCase(Locale.ROOT).replace('_', '-');
        this.uri = ProblemPages.PATH + "/" + word;
    }
}
