/**
 * The tally: what has been counted per message and event name, and what of it Postgres does not
 * have yet. Single-threaded state; the threads that drive it live in {@code ring}.
 */
package io.ringtally.tally;
