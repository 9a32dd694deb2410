/** Time as a dependency: wall-clock time is data, monotonic time drives timers. */
package io.ringtally.time;
