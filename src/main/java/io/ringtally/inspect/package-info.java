/**
 * A second reader of the log, for people: looks at head and segments offline, judges by itself what
 * is whole and what is damaged, and saves what can be read.
 *
 * <p>Design note: it shares nothing with the {@code journal} but the places of fields. A reader
 * made of the writer's own code would believe the writer's own mistakes.
 */
package io.ringtally.inspect;
