/**
 * The log: what is accepted, in order, so that it survives the process and the power.
 *
 * <p>{@link io.ringtally.journal.Head} is the ring's memory, a mapped file; {@link
 * io.ringtally.journal.Body} are the segment files written from it. {@link
 * io.ringtally.journal.Journal} holds both together, from recovery to the last force.
 */
package io.ringtally.journal;
