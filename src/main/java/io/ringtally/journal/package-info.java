/** The log: its identity and the positions in it. */
package io.ringtally.journal;
