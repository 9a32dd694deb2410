/**
 * The ring: fixed slots that are bytes from the start, the one place where events are claimed,
 * copied and published, and the stages that consume them.
 */
package io.ringtally.ring;
